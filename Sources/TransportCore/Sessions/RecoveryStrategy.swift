/// How a session makes up for what was published while it had no connection.
public enum RecoveryStrategy: String, Codable, Hashable, Sendable, CaseIterable {
    /// Subscribe from now on, and GET the order on each open and each update: the stream only says that something is new.
    case refetch
    /// Subscribe without a position: the snapshot that begins the stream is the state, and what it covers is not replayed.
    case snapshot
    /// Resume after the cursor; where the position is lost the session stops, and says so.
    case replay
    /// Resume after the cursor; where the position is lost, say so and go on from the snapshot that follows.
    case replayOrSnapshot = "replay-or-snapshot"

    /// Whether a connection asks for what follows the last update that the session has seen.
    public var resumes: Bool { self == .replay || self == .replayOrSnapshot }
}
