import CNghttp2

/// A connection over HTTP/2 from the client's side (RFC 9113), by nghttp2. Each exchange has a stream of its own.
final class ClientHTTP2Connection: ClientCarrier {
    private struct Stream {
        let exchange: ClientExchange
        /// Why it fails, where that is known before it fails.
        var cause: String?
        /// The field section that is being read.
        var fields: [ClientResponseReader.Head.Field] = []
        var sent = 0
        var isPaused = false
        /// The bytes that came while reading was paused: at most what the windows allow.
        var held: [UInt8] = []
        /// The size of the fields that are being read, in bytes.
        var fieldBytes = 0
        /// Whether the server has ended the answer, and whether nghttp2 has closed the stream.
        var hasEnd = false
        var isClosed = false

        var isComplete: Bool { hasEnd && exchange.hasBegun }
    }

    /// The maximum size of an answer's fields, as over HTTP/1.1.
    private static let fieldLimit = 64 * 1024

    /// The receive windows of one stream, and of the connection.
    private static let streamWindow: UInt32 = 256 * 1024
    private static let connectionWindow: Int32 = 16 * 1024 * 1024

    private var session: OpaquePointer?
    private var streams: [Int32: Stream] = [:]
    /// Exchanges that wait until the connection is up.
    private var waiting: [ClientExchange] = []
    /// nghttp2 is running, and must not be called again from its callbacks.
    private var isAtWork = false
    /// The server's reason for ending the connection, or what was wrong with its bytes; nil where it ended without an
    /// error.
    private var farewell: String?
    /// Whether an exchange got no answer in time, so that the server may be gone.
    private var isStale = false

    deinit { nghttp2_session_del(session) }

    // MARK: Exchanges

    override var isUsable: Bool {
        !isFinished && !isStale && session.map { nghttp2_session_check_request_allowed($0) != 0 } ?? true
    }

    override func add(_ exchange: ClientExchange) {
        guard session != nil else { return waiting.append(exchange) }
        submit([exchange])
        flush()
    }

    override func cancel(_ exchange: ClientExchange) {
        waiting.removeAll { $0 === exchange }
        guard !isForOne else {
            isFinished = true
            kill()
            return releaseUnlessConnected()
        }
        let name = exchange.stream
        guard let stream = streams[name], stream.exchange === exchange else { return }
        streams[name] = nil
        nghttp2_session_consume_connection(session, stream.held.count)
        guard !stream.isClosed else { return flush() }
        nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), exchange.stream, NGHTTP2_CANCEL.rawValue)
        flush()
    }

    override func timedOut(_ exchange: ClientExchange) {
        isStale = true
        cancel(exchange)
        endIfDone()
    }

    override func setReading(_ reads: Bool, of exchange: ClientExchange) {
        let name = exchange.stream
        guard let stream = streams[name], stream.exchange === exchange else { return }
        streams[name]?.isPaused = !reads
        guard reads, !stream.held.isEmpty || stream.isClosed else { return }
        streams[name]?.held = []
        consume(stream.held.count, of: name)
        stream.held.withUnsafeBytes { exchange.deliver($0) }
        // A handler of these bytes may have cancelled the exchange.
        guard streams[name]?.exchange === exchange else { return flush() }
        if stream.isClosed {
            streams[name] = nil
            complete(exchange)
        }
        flush()
    }

    private func consume(_ bytes: Int, of name: Int32) {
        if streams[name]?.isClosed == true {
            nghttp2_session_consume_connection(session, bytes)
        } else {
            nghttp2_session_consume(session, name, bytes)
        }
    }

    // MARK: The connection

    override func isUp() {
        headerHasArrived()
        guard !request.tls || agreedProtocol == "h2", let session = makeSession() else {
            fail("the server does not speak HTTP/2 here")
            return kill()
        }
        self.session = session
        var settings = [
            nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue), value: Self.streamWindow),
        ]
        nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), &settings, settings.count)
        nghttp2_session_set_local_window_size(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, Self.connectionWindow)
        let exchanges = waiting
        waiting = []
        submit(exchanges)
        flush()
    }

    override func received(_ bytes: UnsafeRawBufferPointer) {
        guard let session, !isFinished else { return }
        isAtWork = true
        let used = nghttp2_session_mem_recv(session, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
        isAtWork = false
        guard !isFinished else { return }
        if used < 0 {
            flush()
            fail(farewell ?? "the server's HTTP/2 is broken: \(Self.words(Int32(used)))")
            return kill()
        }
        flush()
        if nghttp2_session_want_read(session) == 0, nghttp2_session_want_write(session) == 0 {
            fail(farewell ?? "the server's HTTP/2 is broken")
            kill()
        }
    }

    /// Sends nghttp2's pending output.
    private func flush() {
        guard let session, !isAtWork, !isFinished else { return }
        isAtWork = true
        var bytes: [UInt8] = []
        while true {
            var start: UnsafePointer<UInt8>?
            let count = nghttp2_session_mem_send(session, &start)
            guard count > 0 else { break }
            bytes += UnsafeBufferPointer(start: start, count: count)
        }
        isAtWork = false
        if !bytes.isEmpty { transmit(bytes) }
    }

    override func peerEnded(isClean: Bool) {
        guard !isFinished else { return }
        guard session != nil else { return fail(endedEarly) }
        isFinished = true
        for exchange in takeUnanswered() {
            if mayRepeat(exchange) {
                exchange.carry()
            } else if let farewell {
                exchange.fail(farewell)
            } else {
                exchange.connectionEnded(completes: false)
            }
        }
    }

    override func lostConnection() { peerEnded(isClean: !request.tls) }

    override func fail(_ cause: String) {
        guard !isFinished else { return }
        isFinished = true
        let exchanges = takeUnanswered() + waiting
        waiting = []
        for exchange in exchanges { exchange.fail(cause) }
    }

    /// Removes the exchanges without a complete answer. The held bytes of a complete answer stay for its reader.
    private func takeUnanswered() -> [ClientExchange] {
        var unanswered: [ClientExchange] = []
        for (name, stream) in streams where !stream.isClosed {
            guard !staysForReader(name, stream) else { continue }
            streams[name] = nil
            if stream.isComplete {
                stream.exchange.finish(isComplete: true)
            } else {
                unanswered.append(stream.exchange)
            }
        }
        return unanswered
    }

    /// Whether a complete answer waits until its reader continues and gets the rest. Its stream has ended.
    private func staysForReader(_ name: Int32, _ stream: Stream) -> Bool {
        guard stream.isComplete, stream.isPaused, !stream.held.isEmpty else { return false }
        streams[name]?.isClosed = true
        return true
    }

    // MARK: Requests

    private func submit(_ exchanges: [ClientExchange]) {
        for exchange in exchanges where !exchange.isFinished {
            exchange.goesOut()
            // The handler may have ended the exchange, or the connection.
            if isFinished {
                exchange.connectionEnded(completes: false)
            } else if !exchange.isFinished {
                submit(exchange)
            }
        }
    }

    private func submit(_ exchange: ClientExchange) {
        let request = exchange.request
        var fields = [
            (":method", request.method), (":scheme", request.tls ? "https" : "http"), (":authority", request.authority),
            (":path", request.path),
        ]
        fields += request.fields.map { ($0.name, $0.value) }
        let hasBody = !request.body.isEmpty
        var bytes: [UInt8] = []
        let lengths = fields.map { name, value in
            bytes += name.utf8
            bytes += value.utf8
            return (name.utf8.count, value.utf8.count)
        }
        let name = bytes.withUnsafeMutableBufferPointer { bytes in
            var next = bytes.baseAddress!
            let entries = lengths.map { name, value in
                defer { next += name + value }
                return nghttp2_nv(
                    name: next, value: next + name, namelen: name, valuelen: value,
                    flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
            }
            var body = nghttp2_data_provider()
            body.read_callback = { _, stream, room, count, flags, _, connection in
                ClientHTTP2Connection.of(connection).copyBody(of: stream, to: room, count, flags)
            }
            return withUnsafePointer(to: body) {
                nghttp2_submit_request(session, nil, entries, entries.count, hasBody ? $0 : nil, nil)
            }
        }
        guard name > 0 else { return exchange.fail("the request could not be sent: \(Self.words(name))") }
        exchange.stream = name
        streams[name] = Stream(exchange: exchange, isPaused: exchange.isPaused)
    }

    private func copyBody(
        of stream: Int32, to room: UnsafeMutablePointer<UInt8>?, _ most: Int, _ flags: UnsafeMutablePointer<UInt32>?
    ) -> Int {
        guard let sent = streams[stream]?.sent, let body = streams[stream]?.exchange.request.body else {
            return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
        }
        let part = body[sent...].prefix(most)
        part.withUnsafeBufferPointer { if let start = $0.baseAddress { room?.update(from: start, count: $0.count) } }
        streams[stream]?.sent = sent + part.count
        if sent + part.count == body.count { flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
        return part.count
    }

    // MARK: What nghttp2 tells

    func sectionBegins(_ stream: Int32) {
        streams[stream]?.fields = []
        streams[stream]?.fieldBytes = 0
    }

    /// Adds to the size of a section. Returns false where it is too large.
    func sectionHas(
        _ stream: Int32, _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        streams[stream]?.fieldBytes += name.count + value.count
        guard let bytes = streams[stream]?.fieldBytes else { return true }
        guard bytes <= Self.fieldLimit else {
            streams[stream]?.cause = "its header has more than \(Self.fieldLimit) bytes, which is the limit"
            return false
        }
        streams[stream]?.fields.append(
            ClientResponseReader.Head.Field(
                name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self)))
        return true
    }

    func sectionEnds(_ name: Int32) {
        guard let stream = streams[name], !stream.exchange.hasBegun,
            let status = stream.fields.first(where: { $0.name == ":status" }).flatMap({ Int($0.value) }),
            // An interim response is followed by another one (RFC 9110, section 15.2); a section without a status has
            // trailers.
            !(100...199).contains(status)
        else { return }
        let fields = stream.fields.filter { !$0.name.hasPrefix(":") }
        streams[name]?.fields = []
        isReused = true
        stream.exchange.begin(
            ClientResponse(ClientResponseReader.Head(status: status, fields: fields, closes: isForOne)))
    }

    func bodyHas(_ name: Int32, _ bytes: UnsafeRawBufferPointer) {
        guard let stream = streams[name] else {
            nghttp2_session_consume(session, name, bytes.count)
            return
        }
        if stream.isPaused {
            streams[name]?.held += bytes
            return
        }
        stream.exchange.deliver(bytes)
        nghttp2_session_consume(session, name, bytes.count)
    }

    func answerEnds(_ name: Int32) { streams[name]?.hasEnd = true }

    func streamEnds(_ name: Int32, _ code: UInt32) {
        guard let stream = streams[name] else { return }
        let exchange = stream.exchange
        guard !staysForReader(name, stream) else { return }
        streams[name] = nil
        nghttp2_session_consume_connection(session, stream.held.count)
        if stream.isComplete { return complete(exchange) }
        if code == NGHTTP2_REFUSED_STREAM.rawValue, mayRepeat(exchange), !isForOne, !isUsable {
            // The server has ended the connection without processing the request (section 8.7).
            exchange.carry()
        } else {
            let reset = "the server reset the stream: \(Self.name(of: code))"
            let isRefused = code == NGHTTP2_REFUSED_STREAM.rawValue
            exchange.fail(stream.cause ?? (isRefused ? farewell : nil) ?? reset)
        }
        endIfDone()
    }

    private func complete(_ exchange: ClientExchange) {
        exchange.finish(isComplete: true)
        endIfDone()
    }

    private func endIfDone() {
        guard isForOne || isStale && streams.isEmpty, !isFinished else { return }
        isFinished = true
        kill()
    }

    func receivedGoAway(_ code: UInt32, _ text: String) {
        guard code != NGHTTP2_NO_ERROR.rawValue else { return }
        farewell = "the server ended the connection: \(Self.name(of: code))\(text.isEmpty ? "" : " (\(text))")"
    }

    func isBroken(_ code: Int32, on stream: Int32) {
        let cause = "the server's HTTP/2 is broken: \(Self.words(code))"
        if streams[stream] != nil {
            streams[stream]?.cause = cause
        } else if farewell == nil {
            farewell = cause
        }
    }
}
