/// The levels of a cell in the studies of sessions: how a client comes back, and what happens to it.
public struct SessionLevels: Codable, Hashable, Sendable {
    /// The client's model and policy: `event-source`, `full-jitter`.
    public var client: String?
    /// How it catches up: `refetch`, `snapshot`, `replay`, `replay-or-snapshot`.
    public var recovery: String?
    public var fault: FaultPlan?
    /// What stands between client and server: `direct`, `nginx`.
    public var path: String?
    /// When the server's timelines reach the disk: `none`, `async`, `commit`.
    public var durability: String?
    /// Streams a second that the server takes (storm) or lets go (drain); nil without a limit.
    public var pace: Double?

    public init(
        client: String? = nil, recovery: String? = nil, fault: FaultPlan? = nil, path: String? = nil,
        durability: String? = nil, pace: Double? = nil
    ) {
        self.client = client
        self.recovery = recovery
        self.fault = fault
        self.path = path
        self.durability = durability
        self.pace = pace
    }
}
