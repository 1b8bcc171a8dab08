/// What happens on a client's WebSocket.
public enum ClientWebSocketEvent {
    /// TCP and TLS are up, and the request of the handshake is sent.
    case connected
    case opened
    /// The last event. The server answered with another status than 101.
    case refused(ClientResponse)
    /// A whole message, valid during the call only.
    case message(UnsafeRawBufferPointer, isText: Bool)
    /// A ping, which has been answered.
    case ping
    case pong
    /// The last event: the server's close frame, or its answer to ours. The code is nil where the frame was empty.
    case closed(code: UInt16?, reason: String)
    /// The last event. The connection ended without a close frame.
    case ended
    /// The last event. The connection could not be made or broke, or the server broke the protocol.
    case failed(String)
}

/// Receives the events of a WebSocket on the loop's thread.
public protocol ClientWebSocketHandler: AnyObject {
    func webSocket(_ socket: ClientWebSocket, _ event: ClientWebSocketEvent)
}

/// A WebSocket from the client's side (RFC 6455).
public final class ClientWebSocket: ClientRawConnection {
    private weak var handler: (any ClientWebSocketHandler)?
    private let handshake: ClientHandshake
    private var answer = ClientResponseReader()
    private var reader: ClientFrameReader
    private var writer = ClientFrameWriter()
    private var isOpen = false
    private var hasSentClose = false

    init(
        _ request: ClientRequest, messageLimit: Int, offersDeflate: Bool, loop: ClientLoop,
        handler: any ClientWebSocketHandler
    ) {
        self.handler = handler
        handshake = ClientHandshake(request, offersDeflate: offersDeflate)
        reader = ClientFrameReader(messageLimit: messageLimit)
        super.init(request, place: nil, loop: loop)
    }

    // MARK: Sending

    /// Sends a message. What the socket does not take waits here, without a limit.
    public func send(_ bytes: UnsafeRawBufferPointer, isText: Bool = true) {
        guard isOpen, !hasSentClose else { return }
        transmit(writer.frame(isText ? .text : .binary, bytes))
    }

    public func send(_ text: String) {
        var text = text
        text.withUTF8 { send(UnsafeRawBufferPointer($0)) }
    }

    public func ping() {
        guard isOpen, !hasSentClose else { return }
        transmit(writer.frame(.ping, UnsafeRawBufferPointer(start: nil, count: 0)))
    }

    /// Begins the closing handshake. `closed` or `ended` follows within two seconds, unless the server began it.
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
        transmit(payload.withUnsafeBytes { writer.frame(.close, $0) })
    }

    /// The server should end the TCP connection first (section 7.1.1), but not every server does.
    private func killLater() {
        loop.timers.schedule(after: .seconds(2)) { [weak self] in self?.kill() }
    }

    // MARK: The handshake

    override func isUp() {
        loop.attemptEnded(self)
        guard !isFinished else { return kill() }
        handler?.webSocket(self, .connected)
        if !isFinished { transmit(handshake.request) }
    }

    private func answered(_ head: ClientResponseReader.Head) {
        headerHasArrived()
        guard head.status == 101 else { return finish(.refused(ClientResponse(head))) }
        switch handshake.outcome(of: head) {
        case .rejected(let rejection): return fail("the server's handshake is wrong: \(rejection)")
        case .opened(let deflates): if deflates { reader.inflater = loop.inflater }
        }
        isOpen = true
        handler?.webSocket(self, .opened)
    }

    override func lostConnection() {
        if isOpen { finish(.ended) } else { fail("the connection ended before the handshake") }
    }

    override func peerEnded(isClean: Bool) { lostConnection() }

    // MARK: Receiving

    override func received(_ bytes: UnsafeRawBufferPointer) {
        guard !isFinished else { return }
        guard !isOpen else { return readFrames(bytes) }
        do {
            try answer.read(bytes) { item in
                switch item {
                case .head(let head): answered(head)
                // Bytes that came together with the answer.
                case .body(let piece): readFrames(piece)
                case .end: break
                }
                return !isFinished
            }
        } catch {
            fail("the server's answer is not HTTP: \(error.text)")
        }
        // Before the handshake there is no closing handshake.
        if isFinished, !isOpen { kill() }
    }

    private func readFrames(_ bytes: UnsafeRawBufferPointer) {
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
            if !hasSentClose { transmit(writer.frame(.pong, payload)) }
            handler?.webSocket(self, .ping)
        case .pong:
            handler?.webSocket(self, .pong)
        case .close(let code, let reason):
            sendClose(code, "")
            finish(.closed(code: code, reason: reason))
            killLater()
        }
    }

    override func fail(_ cause: String) { finish(.failed(cause)) }

    private func finish(_ event: ClientWebSocketEvent) {
        guard !isFinished else { return }
        isFinished = true
        handler?.webSocket(self, event)
    }
}
