import CLibwebsockets

/// What happens on a client's WebSocket.
public enum ClientWebSocketEvent {
    /// TCP and TLS are up, and the handshake's request goes out.
    case connected
    case opened
    /// Last. The server answered with another status than 101.
    case refused(ClientResponse)
    /// A whole message, valid during the call only.
    case message(UnsafeRawBufferPointer, isText: Bool)
    /// It has been answered.
    case ping
    case pong
    /// Last. The server's close frame, or its answer to ours; the code is nil where the frame was empty.
    case closed(code: UInt16?, reason: String)
    /// Last. The connection ended without a close frame.
    case ended
    /// Last. No connection came about, or it broke, or the server broke the protocol.
    case failed(String)
}

/// Hears of a WebSocket, on the loop's thread.
public protocol ClientWebSocketHandler: AnyObject {
    func webSocket(_ socket: ClientWebSocket, _ event: ClientWebSocketEvent)
}

/// A WebSocket from the client's side (RFC 6455). libwebsockets shakes hands, masks and sends; frames are read here.
public final class ClientWebSocket: ClientConnection {
    private weak var handler: (any ClientWebSocketHandler)?
    private var reader: ClientFrameReader
    /// What came with the handshake's answer.
    private var early: [UInt8] = []
    private var isOpen = false
    private var hasSentClose = false
    /// Frames that wait until the socket takes more.
    private var outgoing: [(kind: lws_write_protocol, bytes: [UInt8])] = []

    init(_ request: ClientRequest, messageLimit: Int, loop: ClientLoop, handler: any ClientWebSocketHandler) {
        self.handler = handler
        reader = ClientFrameReader(messageLimit: messageLimit)
        super.init(request, place: nil, loop: loop)
    }

    // MARK: Sending

    /// `LWS_WRITE_CLOSE` of libwebsockets' private header: the public one leaves its value, 4, free for it.
    private static let closeFrame = lws_write_protocol(rawValue: 4)

    /// Sends a message; a long one in fragments. What the socket does not take waits here, without a bound.
    public func send(_ bytes: UnsafeRawBufferPointer, isText: Bool = true) {
        guard isOpen, !hasSentClose else { return }
        let capacity = loop.context.scratch.capacity
        var offset = 0
        repeat {
            let count = min(bytes.count - offset, capacity)
            let isLast = offset + count == bytes.count
            var flags =
                offset > 0 ? LWS_WRITE_CONTINUATION.rawValue : (isText ? LWS_WRITE_TEXT : LWS_WRITE_BINARY).rawValue
            if !isLast { flags |= LWS_WRITE_NO_FIN.rawValue }
            write(lws_write_protocol(rawValue: flags), UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
            offset += count
        } while offset < bytes.count
    }

    public func send(_ text: String) {
        var text = text
        text.withUTF8 { send(UnsafeRawBufferPointer($0)) }
    }

    public func ping() {
        guard isOpen, !hasSentClose else { return }
        write(LWS_WRITE_PING, UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// Begins the closing handshake; `closed` or `ended` follows within two seconds, unless the server had begun it.
    public func close(code: UInt16 = 1000, reason: String = "") {
        guard isOpen else { return cancel() }
        sendClose(code, reason)
        killLater()
    }

    /// Cuts the connection without a further call to the handler.
    public func cancel() {
        isFinished = true
        kill()
        releaseUnlessConnected()
    }

    private func sendClose(_ code: UInt16?, _ reason: String) {
        guard !hasSentClose else { return }
        hasSentClose = true
        var payload: [UInt8] = []
        if let code { payload = [UInt8(code >> 8), UInt8(truncatingIfNeeded: code)] + Array(reason.utf8.prefix(123)) }
        payload.withUnsafeBytes { write(Self.closeFrame, $0) }
    }

    /// The server ends the TCP connection first (section 7.1.1), but not every server does.
    private func killLater() {
        loop.timers.schedule(after: .seconds(2)) { [weak self] in self?.kill() }
    }

    private func write(_ kind: lws_write_protocol, _ bytes: UnsafeRawBufferPointer) {
        guard let wsi else { return }
        if outgoing.isEmpty, lws_partial_buffered(wsi) == 0 {
            writeNow(wsi, kind, bytes)
        } else {
            outgoing.append((kind, Array(bytes)))
            lws_callback_on_writable(wsi)
        }
    }

    private func writeNow(_ wsi: OpaquePointer, _ kind: lws_write_protocol, _ bytes: UnsafeRawBufferPointer) {
        // Masking happens in place, so a frame is sent from a copy.
        let scratch = loop.context.scratch.start
        if let base = bytes.baseAddress {
            scratch.update(from: base.assumingMemoryBound(to: UInt8.self), count: bytes.count)
        }
        if lws_write(wsi, scratch, bytes.count, kind) < 0 {
            fail("a write failed: the connection broke")
            kill()
        }
    }

    // MARK: What libwebsockets calls for

    func appendHeader(_ wsi: OpaquePointer, _ cursor: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, _ room: Int)
        -> Bool
    {
        self.wsi = wsi
        loop.requestGoesOut(self)
        if !isFinished { handler?.webSocket(self, .connected) }
        let headers = request.headers.filter { $0.name != "sec-websocket-protocol" }
        return ClientLoop.append(headers, wsi, cursor, room)
    }

    /// The handshake's answer, before libwebsockets looks at it.
    func answered(_ wsi: OpaquePointer) -> Bool {
        self.wsi = wsi
        let response = ClientResponse(wsi)
        guard response.status == 101 else {
            headerHasArrived()
            finish(.refused(response))
            return false
        }
        // What followed the header in the same read would go to libwebsockets' parser: it is taken out here, as a body.
        let scratch = loop.context.scratch
        loop.readCursor.pointee = UnsafeMutableRawPointer(scratch.start).assumingMemoryBound(to: CChar.self)
        // At least all that libwebsockets holds (pt_serv_buf_size): what stayed there would be lost.
        loop.readCount.pointee = Int32(scratch.capacity)
        guard lws_http_client_read(wsi, loop.readCursor, loop.readCount) >= 0 else {
            fail("the connection ended with the handshake")
            return false
        }
        return true
    }

    func readPiece(_ bytes: UnsafeRawBufferPointer) { early.append(contentsOf: bytes) }

    func established() {
        headerHasArrived()
        guard !isFinished else { return kill() }
        isOpen = true
        takeOver()
        handler?.webSocket(self, .opened)
        let bytes = early
        early = []
        bytes.withUnsafeBytes { received($0) }
    }

    func writable(_ wsi: OpaquePointer) {
        var sent = 0
        while sent < outgoing.count, lws_partial_buffered(wsi) == 0, self.wsi != nil {
            outgoing[sent].bytes.withUnsafeBytes { writeNow(wsi, outgoing[sent].kind, $0) }
            sent += 1
        }
        outgoing.removeFirst(sent)
        if !outgoing.isEmpty { lws_callback_on_writable(wsi) }
    }

    override func lostConnection() {
        if isOpen { finish(.ended) } else { fail("the connection ended before the handshake") }
    }

    // MARK: Receiving

    override func received(_ bytes: UnsafeRawBufferPointer) {
        guard !isFinished else { return }
        do {
            try reader.read(bytes) { frame in
                handle(frame)
                return !isFinished
            }
        } catch {
            sendClose(error.code, error.text)
            fail("the server broke the protocol: \(error.text)")
            killLater()
        }
    }

    private func handle(_ frame: ClientFrameReader.Frame) {
        switch frame {
        case .message(let bytes, let isText):
            handler?.webSocket(self, .message(bytes, isText: isText))
        case .ping(let payload):
            if !hasSentClose { write(LWS_WRITE_PONG, payload) }
            handler?.webSocket(self, .ping)
        case .pong:
            handler?.webSocket(self, .pong)
        case .close(let code, let reason):
            sendClose(code, "")
            finish(.closed(code: code, reason: reason))
            killLater()
        }
    }

    override func peerEnded() { finish(.ended) }

    override func fail(_ cause: String) { finish(.failed(cause)) }

    private func finish(_ event: ClientWebSocketEvent) {
        guard !isFinished else { return }
        isFinished = true
        handler?.webSocket(self, event)
    }
}
