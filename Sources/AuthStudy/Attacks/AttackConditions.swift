public import OrderUpdates
public import TransportCore

/// The settings of the server under study that attacks depend on.
public struct AttackConditions: Hashable, Sendable {
    /// The only origin that pages may call from.
    public var allowedOrigin: Origin = "https://app.example"
    /// How long a ticket is valid before its use. The attack with an expired ticket waits as long.
    public var ticketLifetime: Duration = .seconds(3)
    /// The time from the upgrade to the first message. The attack on it waits as long.
    public var firstMessageDeadline: Duration = .seconds(2)
    public var firstMessageBytes = 16 * 1024
    public var messageBytes = 64 * 1024
    public var bodyBytes = 1024 * 1024
    public var headerBytes = 8 * 1024
    public var clockSkew: Duration = .zero
    /// The maximum wait for an answer. It measures no limit of the server: where it passes, the server hangs.
    public var patience: Duration = .seconds(20)

    public init() {}
}
