/// The levels of a cell in the studies of sessions: how a client reconnects, and what happens to it.
public struct SessionLevels: Codable, Hashable, Sendable {
    /// The client's model and policy: `event-source`, `full-jitter`.
    public var client: String?
    /// The recovery strategy: `refetch`, `snapshot`, `replay`, `replay-or-snapshot`.
    public var recovery: String?
    public var fault: FaultPlan?
    /// The path between client and server: `direct`, `nginx`.
    public var path: String?
    /// When the server's timelines are stored on the disk: `none`, `async`, `commit`.
    public var durability: String?
    /// The streams per second that the server accepts (storm) or ends (drain); nil for no limit.
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
