/// Handles the connections of one loop of a server. It is called only on the loop's thread.
///
/// Streams have tokens, which the delegate chooses, so that libwebsockets stores one word for each connection.
public protocol ServerDelegate: AnyObject {
    /// Whether another connection may be accepted. If not, it is closed at once.
    var accepts: Bool { get }
    /// A connection was accepted, or has ended. Counts TCP connections and not streams.
    func connectionsChanged(by difference: Int)
    /// A request over HTTP/1.1 was refused before it became an exchange. Returns the answer, after which the
    /// connection ends.
    func refused(_ rejection: RequestRejection) -> Response
    /// A request's header is complete. Respond now, later, or after the body; or begin a stream.
    func received(_ exchange: Exchange)
    /// The body is complete.
    func receivedBody(of exchange: Exchange)
    /// A connection was cut before it had a request to report.
    func cutUnread(_ cause: String)
    /// The peer left before the response.
    func abandoned(_ exchange: Exchange)

    /// The subprotocol of a WebSocket at a path, from those that its peer offers (at least one); nil for none.
    func subprotocol(of offered: [String], at path: [Substring]) -> String?
    /// A request to open a WebSocket.
    func upgrade(_ request: Exchange) -> UpgradeVerdict
    /// A WebSocket that `upgrade` accepted is open.
    func opened(_ token: Int, _ socket: StreamSocket)
    func receivedMessage(_ token: Int, _ part: MessagePart) -> MessageOutcome
    func receivedPong(_ token: Int)
    /// A WebSocket's peer has sent its close frame. Later messages are still passed on, but have no meaning (RFC
    /// 6455, section 5.5.1).
    ///
    /// Returns whether we have sent a close frame. The connection then ends; otherwise it ends after an answer.
    func peerCloses(_ token: Int) -> Bool
    /// A WebSocket's peer broke the protocol, and libwebsockets has sent a close frame. It may be called again.
    func failed(_ token: Int)

    /// A stream's socket is writable again.
    func writable(_ token: Int)
    /// The peer of an HTTP/1.1 stream has left: close its socket.
    func peerHasLeft(_ token: Int)
    /// The last call for this token.
    func closed(_ token: Int)
    /// The last call. Connections that were not reported as closed have ended as well.
    func ended()
}

extension ServerDelegate {
    public func ended() {}
}

public enum UpgradeVerdict {
    case accept(token: Int)
    case refuse(Response)
}

/// A part of a WebSocket's message: frames and their pieces as they arrive (RFC 6455, section 5.4).
public struct MessagePart {
    /// Valid during the call only.
    public var bytes: UnsafeRawBufferPointer
    public var isText: Bool
    /// Whether the part's frame has RSV1: the first frame of a compressed message has it (RFC 7692, section 6).
    public var hasRSV1: Bool
    public var isFirst: Bool
    /// Whether the frame, or the message, ends with this part.
    public var endsFrame: Bool
    public var isFinal: Bool
}

/// What to do with a WebSocket after a message.
public enum MessageOutcome {
    case goesOn
    /// The message exceeds a limit: the connection is closed with 1009.
    case isTooBig
    /// A text that is not UTF-8, or damaged compressed bytes: the connection is closed with 1007.
    case isInvalid
    /// A frame that may not be there: the connection is closed with 1002.
    case breaksProtocol
}

/// A whole HTTP response.
public struct Response: Sendable {
    public var status: Int
    /// With lower-case names; `content-length` is added.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// Whether the connection ends with the response.
    public var closes: Bool

    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [], closes: Bool = false) {
        self.status = status
        self.headers = headers
        self.body = body
        self.closes = closes
    }
}
