import CLibwebsockets
import Glibc
import Synchronization

/// The settings of a server's loop for its listeners.
public struct ServerListening: Sendable {
    public var socket: ListeningSocket
    /// For HTTP/2 without TLS, by prior knowledge.
    public var h2cSocket: ListeningSocket?
    /// PEM files; both or none.
    public var certificate: String?
    public var key: String?
    /// PEM file of the authorities whose client certificates are accepted; nil asks for none.
    public var clientAuthorities: String?
    /// Whether TLS offers HTTP/2 (ALPN).
    public var http2: Bool
    /// The time from the first byte of a header to its end, in seconds.
    public var headerDeadline: Int
    /// The maximum size of a request's header.
    public var headerBytes: Int
    /// The maximum size of a chunked body, which is read completely before its request is served.
    public var bodyBytes: Int
    /// The maximum number of requests and streams on one HTTP/2 connection.
    public var http2Streams: Int
    /// The maximum time for a whole body.
    public var bodyDeadline: Duration
    /// How many bytes of one connection the kernel buffers before the peer's window has room for them.
    public var unsentBytes: Int
    /// The subprotocols for WebSockets: tokens of at most 63 bytes without repetition, and at most 127 bytes in all,
    /// which libwebsockets copies.
    public var subprotocols: [String]
    /// Whether WebSockets may compress their messages where their peers offer it (RFC 7692).
    public var deflatesMessages: Bool
    /// How long a peer's system may acknowledge nothing, in milliseconds; at least one second is used.
    public var peerTimeout: Int

    /// Whether a connection may use HTTP/2.
    var offersHTTP2: Bool { certificate != nil && http2 || h2cSocket != nil }

    public init(
        socket: ListeningSocket, h2cSocket: ListeningSocket? = nil, certificate: String? = nil, key: String? = nil,
        clientAuthorities: String? = nil, http2: Bool = true, headerDeadline: Int = 10,
        headerBytes: Int = 8 * 1024, bodyBytes: Int = 1024 * 1024, http2Streams: Int = 100,
        bodyDeadline: Duration = .seconds(60), unsentBytes: Int = 256 * 1024,
        subprotocols: [String] = [], deflatesMessages: Bool = false, peerTimeout: Int = 60_000
    ) {
        self.socket = socket
        self.h2cSocket = h2cSocket
        self.certificate = certificate
        self.key = key
        self.clientAuthorities = clientAuthorities
        self.http2 = http2
        self.headerDeadline = headerDeadline
        self.headerBytes = headerBytes
        self.bodyBytes = bodyBytes
        self.http2Streams = http2Streams
        self.bodyDeadline = bodyDeadline
        self.unsentBytes = unsentBytes
        self.subprotocols = subprotocols
        self.deflatesMessages = deflatesMessages
        self.peerTimeout = peerTimeout
    }
}

extension LoopContext {
    /// Serves HTTP/1.1, HTTP/2 (by ALPN with TLS) and WebSocket on this loop's own listener.
    /// - Throws: `LWSError` where the certificate or the key cannot be used.
    public func serve(_ listening: ServerListening, delegate: any ServerDelegate) throws {
        precondition(server == nil, "a loop has one server half")
        server = delegate
        clientAuthorities = listening.clientAuthorities
        discardBound = listening.bodyDeadline
        let isTLS = listening.certificate != nil
        watcher.event = { [unowned self] token, hasLeft, isWritable in
            watched(token, hasLeft, isWritable)
        }
        // Everything that may fail comes first: a listener owns its socket, and where the call fails, the caller
        // still owns all sockets.
        let vhost = try makeVhost(listening, h2c: false)
        let h2cVhost = try listening.h2cSocket.map { _ in try makeVhost(listening, h2c: true) }
        // A loop that also connects to servers opens sockets by itself.
        if client == nil { descriptors = try DescriptorTable(of: lws) }
        let gate = try RequestGate(
            self,
            RequestLimits(
                headBytes: listening.headerBytes, bodyBytes: listening.bodyBytes,
                deadlineSeconds: listening.headerDeadline, bodyDeadline: listening.bodyDeadline,
                streams: listening.http2Streams, deflatesMessages: listening.deflatesMessages))
        self.gate = gate
        if listening.offersHTTP2 { every(milliseconds: 1000) { [unowned gate] in gate.endLate() } }
        listeners.append(
            makeListener(listening.socket, vhost, listening, tls: isTLS) { gate.add($0, isTLS: isTLS) })
        if let socket = listening.h2cSocket, let h2cVhost {
            // HTTP/2 only; a connection that begins otherwise gets an error.
            listeners.append(makeListener(socket, h2cVhost, listening, tls: false) { gate.addHTTP2($0) })
        }
    }

    /// Closes the listeners: no further connection is accepted, and no further request over HTTP/2.
    public func stopAccepting() {
        listeners = []
        gate?.announceEnd()
    }

    private func makeVhost(_ listening: ServerListening, h2c: Bool) throws -> OpaquePointer {
        var info = lws_context_creation_info()
        info.port = CONTEXT_PORT_NO_LISTEN_SERVER
        info.protocols = Protocols.server(listening.subprotocols)
        info.gid = -1
        info.uid = -1
        info.timeout_secs_ah_idle = UInt32(listening.headerDeadline)
        // Over HTTP/2 it also applies between frames. The deadline of a body comes first, and has an answer.
        info.keepalive_timeout = Int32(clamping: max(60, min(listening.bodyDeadline.components.seconds, 1_000_000) + 5))
        info.retry_and_idle_policy = LoopContext.noValidityChecks
        info.options = UInt64(LWS_SERVER_OPTION_DISABLE_IPV6)
        let streams = UInt32(RequestLimits.advertised(over: listening.http2Streams))
        // By the numbers of the settings (RFC 9113, section 6.5.2).
        info.http2_settings = (
            1, UInt32(FieldSectionDecoder.tableBytes), 0, streams, UInt32(HTTP2ReceiveWindow.initial),
            UInt32(HTTP2Frame.largestPayload), 0
        )
        if listening.deflatesMessages { info.extensions = DeflateExtension.table }
        if h2c { info.options |= 1 << 34 /* LWS_SERVER_OPTION_H2_PRIOR_KNOWLEDGE */ }
        let made: OpaquePointer?
        if let certificate = listening.certificate, let key = listening.key, !h2c {
            info.options |= UInt64(LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT)
            // libwebsockets keeps the pointers, so they live as long as the process.
            info.ssl_cert_filepath = UnsafePointer(strdup(certificate))
            info.ssl_private_key_filepath = UnsafePointer(strdup(key))
            info.ssl_cipher_list = Protocols.ciphers
            info.alpn = listening.http2 ? Protocols.alpn : Protocols.alpnHTTP1
            made = lws_create_vhost(lws, &info)
        } else {
            info.vhost_name = h2c ? Protocols.h2cName : Protocols.plainName
            made = lws_create_vhost(lws, &info)
        }
        guard let made else {
            throw LWSError(
                "lws_create_vhost",
                listening.certificate.map {
                    "the certificate \($0) or its key cannot be used: both must be readable PEM files that belong together"
                } ?? "no virtual host")
        }
        guard tandem_h2_settings(made, &info.http2_settings.0, UInt32(listening.headerBytes)) != 0 else {
            throw LWSError.unknownLibrary
        }
        return made
    }

    private func makeListener(
        _ socket: ListeningSocket, _ vhost: OpaquePointer, _ listening: ServerListening, tls: Bool,
        _ accepted: @escaping (OpaquePointer) -> Void
    ) -> Listener {
        setOptions(of: socket, listening)
        // See AdoptionWakeUp.swift. Without this, a silent peer would only be cut off when libwebsockets gets another
        // event.
        let deadlines = makeTimer { [unowned self] in lws_cancel_service(lws) }
        return Listener(socket, on: uv) { [unowned self] descriptor in
            guard let server, server.accepts else {
                Glibc.close(descriptor)
                return
            }
            descriptors?.makeRoom(for: descriptor)
            // On failure libwebsockets has closed the descriptor.
            guard let connection = tandem_adopt_socket(vhost, descriptor, tls ? 1 : 0) else { return }
            adopted.insert(connection)
            deadlines.startUnlessDue(milliseconds: 100)
            accepted(connection)
            server.connectionsChanged(by: 1)
        }
    }

    /// Accepted sockets inherit these options (tcp(7)).
    private func setOptions(of socket: ListeningSocket, _ listening: ServerListening) {
        // A peer that has vanished sends neither FIN nor RST. Unacknowledged bytes end the connection, over every
        // transport and within TLS; keep-alive probes do where nothing is sent, as in a long poll. A delayed
        // acknowledgement takes a part of a second.
        let patience = max(1_000, listening.peerTimeout)
        let options: [(level: Int32, name: Int32, value: Int)] = [
            (Int32(IPPROTO_TCP), TCP_NODELAY, 1),
            // Limits what the kernel buffers for a stalled reader. Unlike SO_SNDBUF it does not limit the window of a
            // peer that reads.
            (Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, listening.unsentBytes),
            (Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, patience),
            (Int32(IPPROTO_TCP), TCP_KEEPIDLE, max(1, patience / 2_000)),
            (Int32(IPPROTO_TCP), TCP_KEEPINTVL, max(1, patience / 4_000)),
            (SOL_SOCKET, SO_KEEPALIVE, 1),
        ]
        for option in options {
            var value = Int32(clamping: option.value)
            setsockopt(socket.descriptor, option.level, option.name, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    private func watched(_ token: UInt64, _ hasLeft: Bool, _ isWritable: Bool) {
        let word = Int(truncatingIfNeeded: token)
        if let stream = StreamTag.token(word) {
            if hasLeft {
                server?.peerHasLeft(stream)
            } else if isWritable {
                _ = server?.writable(stream)
            }
        } else if hasLeft {
            Unmanaged<Exchange>.fromOpaque(UnsafeRawPointer(bitPattern: word)!).takeUnretainedValue().peerHasLeft()
        }
    }
}

/// The protocol tables and names that libwebsockets points to for as long as a virtual host lives: for ever.
enum Protocols {
    nonisolated(unsafe) static let alpn: UnsafePointer<CChar> = UnsafePointer(strdup("h2,http/1.1"))
    nonisolated(unsafe) static let alpnHTTP1: UnsafePointer<CChar> = UnsafePointer(strdup("http/1.1"))
    nonisolated(unsafe) static let plainName: UnsafePointer<CChar> = UnsafePointer(strdup("plain"))
    nonisolated(unsafe) static let h2cName: UnsafePointer<CChar> = UnsafePointer(strdup("h2c"))
    nonisolated(unsafe) static let clientName: UnsafePointer<CChar> = UnsafePointer(strdup("client"))

    /// The cipher suites for TLS 1.2, without CBC suites with SHA-1 and suites without forward secrecy (RFC 9325,
    /// section 4.2), because audits object to them.
    nonisolated(unsafe) static let ciphers: UnsafePointer<CChar> = UnsafePointer(strdup("ECDHE+AESGCM:ECDHE+CHACHA20"))

    nonisolated(unsafe) static let client = make(["http"], clientCallback)

    /// Servers with the same subprotocols share a table.
    private static let servers = Mutex<[[String]: Table]>([:])

    private struct Table: @unchecked Sendable {
        // It is only read once it is made.
        let start: UnsafePointer<lws_protocols>
    }

    /// A request without a subprotocol is bound to the first entry.
    static func server(_ subprotocols: [String]) -> UnsafePointer<lws_protocols> {
        servers.withLock { servers in
            let table = servers[subprotocols] ?? Table(start: make(["http"] + subprotocols, serverCallback))
            servers[subprotocols] = table
            return table.start
        }
    }

    private static func make(_ names: [String], _ callback: @escaping tandem_callback) -> UnsafePointer<lws_protocols> {
        let table = UnsafeMutablePointer<lws_protocols>.allocate(capacity: names.count + 1)
        for (index, name) in names.enumerated() {
            var entry = lws_protocols()
            entry.name = UnsafePointer(strdup(name))
            // Every WebSocket has a buffer of this size for as long as it lives; with 0 it has the size of
            // pt_serv_buf_size. Longer messages arrive in parts, each with a call. A control frame (at most 125
            // bytes) must fit, or a ping would be answered in parts.
            entry.rx_buffer_size = 128
            // Otherwise rx_buffer_size would limit a write.
            entry.tx_packet_size = 64 * 1024
            tandem_set_callback(&entry, callback)
            (table + index).initialize(to: entry)
        }
        (table + names.count).initialize(to: lws_protocols())
        return UnsafePointer(table)
    }
}
