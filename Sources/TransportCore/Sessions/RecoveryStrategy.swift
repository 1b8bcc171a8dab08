/// How a session recovers what was published while it had no connection.
public enum RecoveryStrategy: String, Codable, Hashable, Sendable, CaseIterable {
    /// Subscribe from now on, and GET the order on each open and each update: the stream only says that something is new.
    case refetch
    /// Subscribe without a position. The stream begins with a snapshot, which is the state; updates that it covers
    /// are not replayed.
    case snapshot
    /// Resume after the cursor. Where the position is lost the session declares it and stops.
    case replay
    /// Resume after the cursor. Where the position is lost the session declares it and continues from the snapshot
    /// that follows.
    case replayOrSnapshot = "replay-or-snapshot"

    /// Whether a connection asks for the updates after the last one that the session has seen.
    public var resumes: Bool { self == .replay || self == .replayOrSnapshot }
}
