/// What a server does with the connections of one loop. Called on the loop's thread only.
///
/// Streams are named by a token of the delegate's own choice, so that libwebsockets keeps one word a connection.
public protocol ServerDelegate: AnyObject {
    /// Whether another connection may be accepted; if not, it is closed at once.
    var accepts: Bool { get }
    /// A connection was accepted, or has ended: TCP connections, not streams.
    func connectionsChanged(by difference: Int)
    /// A request over HTTP/1.1 was refused before it became an exchange. Returns the answer, with which the connection ends.
    func refused(_ rejection: RequestRejection) -> Response
    /// A request's header is complete. Respond now, later, or after the body; or begin a stream.
    func received(_ exchange: Exchange)
    /// The body is complete.
    func receivedBody(of exchange: Exchange)
    /// A connection was cut before a request on it could be told of.
    func cutUnread(_ cause: String)
    /// The peer left before a response.
    func abandoned(_ exchange: Exchange)

    /// The subprotocol that a WebSocket at a path would speak, of those that its peer offers, of which there is one; nil for none.
    func subprotocol(of offered: [String], at path: [Substring]) -> String?
    /// A request to become a WebSocket.
    func upgrade(_ request: Exchange) -> UpgradeVerdict
    /// A WebSocket that `upgrade` accepted is open.
    func opened(_ token: Int, _ socket: StreamSocket)
    func receivedMessage(_ token: Int, _ part: MessagePart) -> MessageOutcome
    func receivedPong(_ token: Int)
    /// A WebSocket's peer has sent its close frame. Messages that follow nonetheless are still handed on; they mean nothing any
    /// more (RFC 6455, section 5.5.1).
    ///
    /// Returns whether a close frame of ours has gone: the connection then ends, and otherwise after an answer.
    func peerCloses(_ token: Int) -> Bool
    /// A WebSocket's peer broke the protocol, and libwebsockets has sent a close frame. May be called again.
    func failed(_ token: Int)

    /// A stream's socket takes bytes again.
    func writable(_ token: Int)
    /// The peer of an HTTP/1.1 stream has gone: close its socket.
    func peerHasLeft(_ token: Int)
    /// Last for this token.
    func closed(_ token: Int)
    /// Last. What was not told to have closed is gone as well.
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
    /// Whether the bytes of the whole message are compressed (RFC 7692).
    public var isCompressed: Bool
    public var isFirst: Bool
    public var isFinal: Bool
}

/// What becomes of a WebSocket after a message.
public enum MessageOutcome {
    case goesOn
    /// The connection ends at once.
    case ends
    /// A text that is not UTF-8, or compressed bytes that are damaged: the connection is closed with 1007.
    case isInvalid
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
