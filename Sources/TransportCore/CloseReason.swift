/// Why a stream ends: one table for every transport.
///
/// Over WebSocket `code` is the close code (RFC 6455, section 7.4; 3000 to 3999 as registered with IANA, 4000 to 4999
/// our own) and `name` the reason text; over SSE both stand in the final `close` event.
public struct CloseReason: Hashable, Sendable {
    public let code: UInt16
    public let name: String
    /// Whether the client should reconnect.
    public let reconnect: Bool
    /// The minimum time to wait before that, in milliseconds; nil leaves it to the client's own policy.
    public let delayMilliseconds: Int?

    public init(code: UInt16, name: String, reconnect: Bool, delayMilliseconds: Int? = nil) {
        self.code = code
        self.name = name
        self.reconnect = reconnect
        self.delayMilliseconds = delayMilliseconds
    }

    public func after(milliseconds: Int) -> Self {
        Self(code: code, name: name, reconnect: reconnect, delayMilliseconds: milliseconds)
    }

    /// The server is shutting down in good order; another instance, or this one, will be back.
    public static let draining = Self(code: 1012, name: "draining", reconnect: true)
    /// The request broke the protocol, or the rules of this wire.
    public static let policyViolation = Self(code: 1008, name: "policy-violation", reconnect: false)
    public static let messageTooBig = Self(code: 1009, name: "message-too-big", reconnect: false)
    public static let internalError = Self(code: 1011, name: "internal-error", reconnect: true)
    /// A limit on connections is reached.
    public static let overloaded = Self(code: 1013, name: "overloaded", reconnect: true, delayMilliseconds: 5_000)
    public static let unauthorized = Self(code: 3000, name: "unauthorized", reconnect: false)
    public static let forbidden = Self(code: 3003, name: "forbidden", reconnect: false)
    /// The peer did not do something in time: the first message, a pong, a read.
    public static let timeout = Self(code: 3008, name: "timeout", reconnect: true)
    /// The credential expired while the stream was open: reconnect with a new one.
    public static let credentialExpired = Self(code: 4001, name: "credential-expired", reconnect: true)
    public static let credentialRevoked = Self(code: 4002, name: "credential-revoked", reconnect: false)
    /// The peer reads too slowly, and the server is configured to cut it off.
    public static let slowConsumer = Self(code: 4003, name: "slow-consumer", reconnect: true)
    public static let unknownOrder = Self(code: 4004, name: "unknown-order", reconnect: false)

    /// Every reason, for documents, clients and tests.
    public static let all: [Self] = [
        .draining, .policyViolation, .messageTooBig, .internalError, .overloaded, .unauthorized, .forbidden, .timeout,
        .credentialExpired, .credentialRevoked, .slowConsumer, .unknownOrder,
    ]
}
