public import OrderUpdates
public import TransportCore

/// How the server under study is set, as far as attacks depend on it.
public struct AttackConditions: Hashable, Sendable {
    /// The one origin that pages may call from.
    public var allowedOrigin: Origin = "https://app.example"
    /// How long a ticket may wait for its use; the attack with an expired one waits as long.
    public var ticketLifetime: Duration = .seconds(3)
    /// From the upgrade to the first message, likewise.
    public var firstMessageDeadline: Duration = .seconds(2)
    public var firstMessageBytes = 16 * 1024
    public var messageBytes = 64 * 1024
    public var bodyBytes = 1024 * 1024
    public var headerBytes = 8 * 1024
    public var clockSkew: Duration = .zero
    /// The longest that an answer is waited for. Not a bound that is measured: one that is passed is a hang.
    public var patience: Duration = .seconds(20)

    public init() {}
}
