import CLibwebsockets
import Compression
import Glibc

/// The client's half of a loop: connections to servers. Confined to the loop's thread.
public final class ClientLoop {
    unowned let context: LoopContext
    public let timers: ClientTimers
    let readiness: ClientReadiness
    /// The buffer for the bytes of every connection. They are passed on before the next read.
    let receiveBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 64)

    /// The maximum number of simultaneous attempts. Each has a timer in libwebsockets' sorted list, so the cost of
    /// ten thousand would be quadratic.
    private static let attemptLimit = 256
    private var attempts = 0
    private var waiting: [() -> Void] = []
    private var nextWaiting = 0

    private let trustedAuthorities: UnsafePointer<CChar>?
    private let identity: ClientIdentity.Paths?
    /// A proxy for all connections; nil connects to the servers directly, whatever the environment says.
    let proxy: ClientProxy?
    /// Called for each request when it is sent, including the handshakes of WebSockets.
    public var onRequest: (() -> Void)?
    private(set) lazy var tls = Result { try ClientTLS(trustedAuthorities: trustedAuthorities, identity: identity) }
    /// For all WebSockets whose messages are compressed.
    private(set) lazy var inflater = MessageInflater()
    private var vhost: OpaquePointer?
    private var addresses: [String: String] = [:]
    /// Closures that wait for the address of a name.
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
        // libwebsockets keeps the pointer, so it lives as long as the process.
        self.trustedAuthorities = trustedAuthorities.map { UnsafePointer(strdup($0)) }
        self.identity = identity.map { ClientIdentity.Paths($0) }
        timers = ClientTimers(on: context.uv)
        readiness = try ClientReadiness(on: context.uv)
        // A wrong file is reported now, and not for each connection.
        if trustedAuthorities != nil || identity != nil { _ = try tls.get() }
        vhost = try makeVhost()
    }

    deinit {
        receiveBuffer.deallocate()
    }

    // MARK: Use

    /// Sends a request. The handler is referenced weakly; the returned exchange lives until its last call.
    /// - Parameter place: the connection to reuse; nil makes one for this request alone.
    @discardableResult
    public func send(
        _ request: ClientRequest, over place: ReusableConnection? = nil, handler: any ClientExchangeHandler
    ) -> ClientExchange {
        onRequest?()
        let exchange = ClientExchange(request, place: place, loop: self, handler: handler)
        exchange.begin()
        if let rejection = request.rejection { refuse(exchange, rejection) } else { exchange.carry() }
        return exchange
    }

    /// Opens a WebSocket. The header field `sec-websocket-protocol` has the subprotocols to offer.
    /// - Parameters:
    ///   - messageLimit: the maximum size of a message in bytes, compressed and expanded; a longer one ends the
    ///     connection with 1009.
    ///   - offersDeflate: whether the server may compress its messages (RFC 7692). Ours are not compressed.
    @discardableResult
    public func openWebSocket(
        _ request: ClientRequest, messageLimit: Int = 1024 * 1024, offersDeflate: Bool = false,
        handler: any ClientWebSocketHandler
    ) -> ClientWebSocket {
        onRequest?()
        let socket = ClientWebSocket(
            request, messageLimit: messageLimit, offersDeflate: offersDeflate, loop: self, handler: handler)
        attempt(socket)
        return socket
    }

    /// Makes a connection that several requests reuse.
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
        if let rejection = connection.request.rejection { return refuse(connection, rejection) }
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
        // libwebsockets returns nil where connecting fails within the call.
        guard let wsi = connect(connection, to: address) else {
            return refuse(connection, "could not connect to \(connection.request.authority)")
        }
        connection.connects(as: wsi)
    }

    /// Fails a connection later, because the caller of the current call does not have it yet.
    private func refuse(_ connection: ClientConnection, _ cause: String) {
        timers.schedule(after: .zero) {
            connection.fail(cause)
            connection.release()
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

    private func connect(_ connection: ClientConnection, to address: String) -> OpaquePointer? {
        let request = connection.request
        var strings: [UnsafeMutablePointer<CChar>] = []
        defer { strings.forEach { free($0) } }
        func c(_ text: String) -> UnsafePointer<CChar> {
            strings.append(strdup(text))
            return UnsafePointer(strings[strings.count - 1])
        }

        var info = lws_client_connect_info()
        info.context = context.lws
        info.vhost = vhost
        info.port = Int32(proxy?.port ?? request.port)
        info.address = c(address)
        info.host = c(request.authority)
        info.method = c("RAW")
        info.local_protocol_name = c("http")
        info.opaque_user_data = Unmanaged.passUnretained(connection).toOpaque()
        info.retry_and_idle_policy = LoopContext.noValidityChecks
        if let local = request.localAddress { info.iface = c(local) }
        return lws_client_connect_via_info(&info)
    }

    // MARK: Addresses

    /// Calls `use` with a host's address, or nil where it has none. A known address is passed at once.
    private func withAddress(of host: String, _ use: @escaping (String?) -> Void) {
        if let known = addresses[host] ?? HostAddress.literal(host) { return use(known) }
        awaitingAddress[host, default: []].append(use)
        guard awaitingAddress[host]?.count == 1 else { return }
        // libwebsockets 4.1 would resolve the name within the call that connects, and so block the loop.
        HostAddress.resolve(host, on: context.core) { context, address in
            context.client?.found(address, of: host)
        }
    }

    private func found(_ address: String?, of host: String) {
        if let address { addresses[host] = address }
        for use in awaitingAddress.removeValue(forKey: host) ?? [] { use(address) }
    }

    /// Forgets the address of a connection that failed, so that the next one looks the name up again.
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
        info.http_proxy_address = LoopContext.noProxy
        guard let made = lws_create_vhost(context.lws, &info) else {
            throw LWSError("lws_create_vhost", "no virtual host")
        }
        return made
    }

    /// Fails everything that still waits. Open connections end with the context.
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
}
