import CLibwebsockets

/// An HTTP/1.1 connection that is kept between requests, which go over it one after the other.
///
/// To libwebsockets it is a raw connection: it resolves, connects, does TLS and sends.
final class ClientKeptConnection: ClientConnection {
    private var reader = ClientResponseReader()
    private var waiting: [ClientExchange] = []
    private var current: ClientExchange?
    private var isConnected = false
    private var isReused = false
    /// The reader is at work: what is called from within may not use it.
    private var isDecoding = false
    private var closesAfterResponse = false
    private var ownsTLS = false
    /// Bytes that TLS has not taken.
    private var unsent: [UInt8] = []

    /// Whether requests may be given to it.
    var isUsable: Bool { !isFinished && !closesAfterResponse }

    func isTo(_ request: ClientRequest) -> Bool {
        request.host == self.request.host && request.port == self.request.port && request.tls == self.request.tls
            && request.localAddress == self.request.localAddress
    }

    /// Ends it, with what is under way.
    func end() {
        fail("the connection was ended here")
        kill()
        releaseUnlessConnected()
    }

    func add(_ exchange: ClientExchange) {
        waiting.append(exchange)
        sendNext()
    }

    /// Takes an exchange off: one that is under way takes the connection along.
    func cancel(_ exchange: ClientExchange) {
        waiting.removeAll { $0 === exchange }
        guard current === exchange else { return }
        current = nil
        isFinished = true
        kill()
        releaseUnlessConnected()
        restart(waiting)
    }

    /// RAW_CONNECTED: TCP has come about.
    func connected(_ wsi: OpaquePointer) {
        self.wsi = wsi
        tandem_no_timeout(wsi)
        guard !isFinished else { return kill() }
        if request.tls { return beginTLS(wsi) }
        headerHasArrived()
        isConnected = true
        takeOver()
        sendNext()
    }

    private func sendNext() {
        guard isConnected, !isDecoding, current == nil, !isFinished, let wsi, !waiting.isEmpty else { return }
        let exchange = waiting.removeFirst()
        current = exchange
        exchange.goesOut()
        // The owner may have had enough meanwhile.
        guard current === exchange else { return }
        reader.answersHead = exchange.request.method == "HEAD"
        let bytes = Self.bytes(of: exchange.request)
        if ssl != nil {
            unsent += bytes
            return flush()
        }
        let scratch = loop.context.scratch
        var offset = 0
        // Raw bytes (LWS_WRITE_RAW is another name for it); libwebsockets keeps what the socket does not take.
        while offset < bytes.count {
            let count = min(bytes.count - offset, scratch.capacity)
            bytes.withUnsafeBufferPointer { scratch.start.update(from: $0.baseAddress! + offset, count: count) }
            guard lws_write(wsi, scratch.start, count, LWS_WRITE_HTTP) >= 0 else {
                fail("a write failed: the connection broke")
                return kill()
            }
            offset += count
        }
    }

    private static func bytes(of request: ClientRequest) -> [UInt8] {
        var text = "\(request.method) \(request.path) HTTP/1.1\r\nhost: \(request.authority)\r\n"
        for (name, value) in request.headers { text += "\(name): \(value)\r\n" }
        if !request.body.isEmpty || request.method == "POST" || request.method == "PUT" {
            text += "content-length: \(request.body.count)\r\n"
        }
        text += "\r\n"
        return Array(text.utf8) + request.body
    }

    override func received(_ bytes: UnsafeRawBufferPointer) {
        guard !isFinished else { return }
        isDecoding = true
        defer { isDecoding = false }
        do {
            try reader.read(bytes) { item in
                guard let exchange = current else { return false }
                switch item {
                case .head(let head):
                    closesAfterResponse = head.closes
                    exchange.begin(ClientResponse(head))
                case .body(let piece): exchange.deliver(piece)
                case .end:
                    current = nil
                    isReused = true
                    exchange.finish(isComplete: true)
                }
                return !isFinished
            }
        } catch {
            fail(error.text)
            kill()
        }
        isDecoding = false
        guard !isFinished, current == nil else { return }
        if closesAfterResponse {
            isFinished = true
            kill()
            restart(waiting)
        } else {
            sendNext()
        }
    }

    // MARK: TLS

    private func beginTLS(_ wsi: OpaquePointer) {
        guard let ssl = loop.tls?.connection(to: request.host, over: lws_get_socket_fd(wsi)) else {
            fail("there is no memory for TLS")
            return kill()
        }
        ownsTLS = true
        takeOver(with: ssl)
    }

    /// Shakes hands first, and sends what could not be sent before.
    override func isReadyToRead() -> Bool {
        guard let ssl, ownsTLS else { return true }
        guard !isConnected else {
            flush()
            return !isFinished
        }
        tandem_forget_errors()
        let result = SSL_do_handshake(ssl)
        if result == 1 {
            isConnected = true
            headerHasArrived()
            sendNext()
            return !isFinished
        }
        let error = SSL_get_error(ssl, result)
        if error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE { return false }
        fail(
            "no connection to \(request.authority): "
                + (ClientTLS.failure(of: ssl) ?? "the server ended the TLS handshake"))
        tandem_forget_errors()
        kill()
        return false
    }

    private func flush() {
        guard let ssl, !unsent.isEmpty else { return }
        var sent = 0
        while sent < unsent.count {
            tandem_forget_errors()
            let count = unsent.withUnsafeBytes { bytes in
                SSL_write(ssl, bytes.baseAddress! + sent, Int32(clamping: bytes.count - sent))
            }
            guard count > 0 else {
                let error = SSL_get_error(ssl, count)
                tandem_forget_errors()
                guard error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ else {
                    fail("a write failed: the connection broke")
                    return kill()
                }
                break
            }
            sent += Int(count)
        }
        unsent.removeFirst(sent)
    }

    deinit {
        if ownsTLS, let ssl { SSL_free(ssl) }
    }

    override func peerEnded() {
        let exchange = current
        guard !isFinished else { return }
        isFinished = true
        current = nil
        if let exchange, !exchange.hasBegun, isReused, ["GET", "HEAD"].contains(exchange.request.method) {
            // The server ended an idle connection while the request was on its way (RFC 9110, section 9.2.2).
            return restart([exchange] + waiting)
        }
        exchange?.connectionEnded(completes: reader.endsWithConnection)
        restart(waiting)
    }

    override func lostConnection() { peerEnded() }

    override func fail(_ cause: String) {
        guard !isFinished else { return }
        isFinished = true
        let exchanges = [current].compactMap { $0 } + waiting
        (current, waiting) = (nil, [])
        for exchange in exchanges { exchange.fail(cause) }
    }

    /// Sends what is left over a new connection.
    private func restart(_ exchanges: [ClientExchange]) {
        waiting = []
        for exchange in exchanges where !exchange.isFinished { exchange.carry() }
    }
}
