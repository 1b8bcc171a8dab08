import CLibwebsockets
import Glibc

/// The client's half of a loop: connections to servers. Confined to the loop's thread.
public final class ClientLoop {
    unowned let context: LoopContext
    public let timers: ClientTimers
    let readiness: ClientReadiness
    let firstFrames = ClientFirstFrames()
    /// Where every connection's bytes are read: they are handed on before the next read.
    let receiveBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 64)
    /// What `lws_http_client_read` is called with, where its callback can see it too.
    let readCursor = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: 1)
    let readCount = UnsafeMutablePointer<Int32>.allocate(capacity: 1)

    /// Attempts at a time. Each holds a timer in libwebsockets' sorted list, so ten thousand at once would cost the square.
    private static let attemptLimit = 256
    private var attempts = 0
    private var waiting: [() -> Void] = []
    private var nextWaiting = 0

    private let trustedAuthorities: UnsafePointer<CChar>?
    private let identity: ClientIdentity.Paths?
    /// Carries every connection over HTTP/1.1; nil goes to the servers directly, whatever the environment says.
    let proxy: ClientProxy?
    /// Called for each request as it is sent, the handshakes of WebSockets included.
    public var onRequest: (() -> Void)?
    /// TLS of HTTP/1.1.
    private(set) lazy var tls = Result { try ClientTLS(trustedAuthorities: trustedAuthorities, identity: identity) }
    private var vhost: OpaquePointer?
    private var placeHosts = PlaceHosts()
    private var addresses: [String: String] = [:]
    /// What waits for a name's address.
    private var awaitingAddress: [String: [(String?) -> Void]] = [:]
    private var isClosed = false

    init(
        _ context: LoopContext, trustedAuthorities: String?, identity: ClientIdentity?, proxy: ClientProxy?
    ) throws {
        for path in [trustedAuthorities, identity?.certificate, identity?.key].compactMap({ $0 })
        where access(path, R_OK) != 0 {
            throw LWSError("access", "\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        self.context = context
        self.proxy = proxy
        // libwebsockets keeps the pointer: it lives as long as the process.
        self.trustedAuthorities = trustedAuthorities.map { UnsafePointer(strdup($0)) }
        self.identity = identity.map { ClientIdentity.Paths($0) }
        timers = ClientTimers(on: context.uv)
        readiness = try ClientReadiness(on: context.uv)
        // A file that does not hold what it should is told now, and not to each connection.
        if trustedAuthorities != nil || identity != nil { _ = try tls.get() }
        vhost = try makeVhost()
    }

    deinit {
        receiveBuffer.deallocate()
        readCursor.deallocate()
        readCount.deallocate()
    }

    // MARK: Use

    /// Sends a request. The handler is held weakly; the returned exchange lives until its last call.
    /// - Parameter place: the connection to use and to keep; nil makes one for this request alone.
    @discardableResult
    public func send(
        _ request: ClientRequest, over place: ReusableConnection? = nil, handler: any ClientExchangeHandler
    ) -> ClientExchange {
        onRequest?()
        let exchange = ClientExchange(request, place: place, loop: self, handler: handler)
        guard request.version == .h1 else {
            attempt(exchange)
            return exchange
        }
        exchange.begin()
        if let flaw = request.flaw { refuse(exchange, flaw) } else { exchange.carry() }
        return exchange
    }

    /// Opens a WebSocket. The subprotocols to offer stand in the header field `sec-websocket-protocol`.
    /// - Parameter messageLimit: bytes of a message; a longer one ends the connection with 1009.
    @discardableResult
    public func openWebSocket(
        _ request: ClientRequest, messageLimit: Int = 1024 * 1024, handler: any ClientWebSocketHandler
    ) -> ClientWebSocket {
        onRequest?()
        let socket = ClientWebSocket(request, messageLimit: messageLimit, loop: self, handler: handler)
        attempt(socket)
        return socket
    }

    /// A place for a connection that is kept from one request to the next.
    /// - Throws: `LWSError` where the loop has ended.
    public func makeReusableConnection() throws -> ReusableConnection {
        guard !isClosed else { throw LWSError("uv_run", "the loop has ended: it makes no more connections") }
        return ReusableConnection(self)
    }

    // MARK: Attempts

    func attempt(_ connection: ClientConnection) {
        connection.begin()
        guard attempts < Self.attemptLimit else {
            waiting.append { [self] in start(connection) }
            return
        }
        start(connection)
    }

    private func start(_ connection: ClientConnection) {
        guard !connection.isFinished, !isClosed else { return connection.release() }
        if let flaw = connection.request.flaw { return refuse(connection, flaw) }
        if proxy != nil, connection.request.version == .h2 {
            return refuse(connection, "a proxy carries HTTP/1.1 alone: take --protocol h1, or no --proxy")
        }
        attempts += 1
        connection.isAttempting = true
        let host = proxy?.host ?? connection.request.host
        withAddress(of: host) { [unowned self] address in
            guard !connection.isFinished, !isClosed else { return connection.release() }
            guard let address else { return refuse(connection, "there is no address for '\(host)'") }
            connect(connection, address)
        }
    }

    private func connect(_ connection: ClientConnection, _ address: String) {
        do {
            // libwebsockets tells by nil alone what failed while it is called.
            guard let wsi = try connect(connection, to: address) else {
                return refuse(connection, "could not connect to \(connection.request.authority)")
            }
            carries(wsi)
            if connection is ClientExchange { firstFrames.expect(on: wsi, isTLS: connection.request.tls) }
            connection.connects(as: wsi)
        } catch {
            refuse(connection, "\(error)")
        }
    }

    /// Not from within the call that asks: its caller does not hold the connection yet.
    private func refuse(_ connection: ClientConnection, _ cause: String) {
        timers.schedule(after: .zero) {
            connection.fail(cause)
            connection.release()
        }
    }

    /// The request is on its way. libwebsockets' own limit on the answer is taken off: the deadline is ours.
    func requestGoesOut(_ connection: ClientConnection) {
        timers.schedule(after: .zero) { [weak self, weak connection] in
            guard let connection else { return }
            if let wsi = connection.wsi {
                tandem_no_timeout(wsi)
                tandem_no_timeout(lws_get_network_wsi(wsi))
            }
            self?.attemptEnded(connection)
        }
    }

    func attemptEnded(_ connection: ClientConnection) {
        guard connection.isAttempting else { return }
        connection.isAttempting = false
        attempts -= 1
        guard nextWaiting < waiting.count else { return }
        // Not from within a callback of libwebsockets.
        timers.schedule(after: .zero) { [weak self] in self?.startWaiting() }
    }

    private func startWaiting() {
        while attempts < Self.attemptLimit, nextWaiting < waiting.count {
            let start = waiting[nextWaiting]
            waiting[nextWaiting] = {}
            nextWaiting += 1
            start()
        }
        if nextWaiting == waiting.count {
            waiting.removeAll()
            nextWaiting = 0
        }
    }

    private func connect(_ connection: ClientConnection, to address: String) throws -> OpaquePointer? {
        let request = connection.request
        var strings: [UnsafeMutablePointer<CChar>] = []
        defer { strings.forEach { free($0) } }
        func c(_ text: String) -> UnsafePointer<CChar> {
            strings.append(strdup(text))
            return UnsafePointer(strings[strings.count - 1])
        }

        var info = lws_client_connect_info()
        info.context = context.lws
        info.vhost = try connection.place?.vhost(self) ?? vhost
        info.port = Int32(proxy?.port ?? request.port)
        info.path = c(request.path)
        if connection.place != nil {
            // libwebsockets 4.1 finds a connection again only where address and host are the same text. What stands in
            // the request is `origin`.
            info.address = c(request.host)
            info.host = c(request.host)
        } else {
            info.address = c(address)
            info.host = c(request.authority)
        }
        info.local_protocol_name = c("http")
        info.opaque_user_data = Unmanaged.passUnretained(connection).toOpaque()
        info.retry_and_idle_policy = LoopContext.noValidityChecks
        info.keep_warm_secs = 3600
        if let local = request.localAddress { info.iface = c(local) }

        var flags = LCCSCF_HTTP_NO_FOLLOW_REDIRECT.rawValue
        if connection is ClientRawConnection {
            info.method = c("RAW")
        } else {
            info.method = c(request.method)
            info.alpn = c("h2")
            // What libwebsockets sends as :authority.
            info.origin = c(request.authority)
            if connection.place != nil { flags |= LCCSCF_PIPELINE.rawValue }
            flags |= request.tls ? LCCSCF_USE_SSL.rawValue : LCCSCF_H2_PRIOR_KNOWLEDGE.rawValue
            if request.body.isEmpty { flags |= LCCSCF_H2_QUIRK_NGHTTP2_END_STREAM.rawValue }
            flags |= LCCSCF_H2_MANUAL_RXFLOW.rawValue
            info.manual_initial_tx_credit = 256 * 1024
        }
        info.ssl_connection = Int32(flags)
        return lws_client_connect_via_info(&info)
    }

    // MARK: Addresses

    /// Calls `use` with a host's address, or nil where it has none: at once where it is known.
    private func withAddress(of host: String, _ use: @escaping (String?) -> Void) {
        if let known = addresses[host] ?? HostAddress.literal(host) { return use(known) }
        awaitingAddress[host, default: []].append(use)
        guard awaitingAddress[host]?.count == 1 else { return }
        // libwebsockets 4.1 would resolve within the call that connects, and so keep the loop from all else.
        HostAddress.resolve(host, on: context.core) { context, address in
            context.client?.found(address, of: host)
        }
    }

    private func found(_ address: String?, of host: String) {
        if let address { addresses[host] = address }
        for use in awaitingAddress.removeValue(forKey: host) ?? [] { use(address) }
    }

    /// No connection came about: the name is looked up anew for the next one.
    func forgetAddress(of connection: ClientConnection) {
        addresses[proxy?.host ?? connection.request.host] = nil
    }

    // MARK: Virtual hosts

    private func makeVhost() throws -> OpaquePointer {
        var info = lws_context_creation_info()
        info.port = CONTEXT_PORT_NO_LISTEN
        info.protocols = Protocols.client
        info.vhost_name = Protocols.clientName
        info.gid = -1
        info.uid = -1
        info.retry_and_idle_policy = LoopContext.noValidityChecks
        info.connect_timeout_secs = 3600
        // libwebsockets would end an HTTP/2 connection on which no frame came for 5 s, whatever waits on it.
        info.keepalive_timeout = 3600
        info.http_proxy_address = LoopContext.noProxy
        info.options = UInt64(LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT)
        if let trustedAuthorities {
            info.client_ssl_ca_filepath = trustedAuthorities
            info.options |= UInt64(LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS)
        }
        if let identity {
            info.client_ssl_cert_filepath = identity.certificate
            info.client_ssl_private_key_filepath = identity.key
        }
        guard let made = lws_create_vhost(context.lws, &info) else {
            throw LWSError(
                "lws_create_vhost",
                trustedAuthorities.map {
                    "the authorities in \(String(cString: $0)) cannot be used: give a PEM file of certificates"
                } ?? "no virtual host")
        }
        return made
    }

    /// A virtual host without a connection.
    func takeVhost() throws -> OpaquePointer { try placeHosts.take() ?? makeVhost() }

    /// Ends the connections of a virtual host, which is then used again.
    func recycle(_ vhost: OpaquePointer) {
        for wsi in placeHosts.retire(vhost) { tandem_cut(wsi) }
    }

    /// A connection of a virtual host that is not the loop's own has an object of libwebsockets.
    func carries(_ wsi: OpaquePointer) {
        if let host = lws_get_vhost(wsi), host != vhost { placeHosts.add(wsi, to: host) }
    }

    /// libwebsockets frees the object of a connection.
    func destroyed(_ wsi: OpaquePointer) {
        firstFrames.forget(wsi)
        if let host = lws_get_vhost(wsi), host != vhost { placeHosts.remove(wsi, from: host) }
    }

    /// Fails what still waits. What is connected ends with the context.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        for host in Array(awaitingAddress.keys) { found(nil, of: host) }
        startAllWaiting()
        readiness.close()
        timers.close()
    }

    private func startAllWaiting() {
        for start in waiting[nextWaiting...] { start() }
        waiting = []
        nextWaiting = 0
    }

    /// Appends header fields to a request. Returns false where they do not fit.
    static func append(
        _ headers: [(name: String, value: String)], _ wsi: OpaquePointer,
        _ cursor: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, _ room: Int
    ) -> Bool {
        let end = cursor.pointee! + room
        return headers.allSatisfy { name, value in
            var value = value
            return value.withUTF8 { bytes in
                (name + ":").withCString { name in
                    name.withMemoryRebound(to: UInt8.self, capacity: 1) { name in
                        lws_add_http_header_by_name(wsi, name, bytes.baseAddress, Int32(bytes.count), cursor, end) == 0
                    }
                }
            }
        }
    }
}
