/// What a trial of the study of drains observed: SIGTERM to a server with open streams.
public struct DrainSummary: Codable, Hashable, Sendable {
    public var sessions: Int
    /// From SIGTERM to the end of the process.
    public var exitSeconds: Double
    /// The maximum duration of the drain, as the server was told.
    public var boundSeconds: Double
    /// Sessions that were told the reason, and whether to reconnect.
    public var cleanReasons: Int
    /// From SIGTERM to the end of each session's connection.
    public var closed: LatencySummary
    /// From SIGTERM to each session's first attempt to reconnect.
    public var reconnects: LatencySummary
    /// Nil where no server was started again.
    public var ledger: SessionLedgerSummary?

    public init(
        sessions: Int, exitSeconds: Double, boundSeconds: Double, cleanReasons: Int, closed: LatencySummary,
        reconnects: LatencySummary, ledger: SessionLedgerSummary? = nil
    ) {
        self.sessions = sessions
        self.exitSeconds = exitSeconds
        self.boundSeconds = boundSeconds
        self.cleanReasons = cleanReasons
        self.closed = closed
        self.reconnects = reconnects
        self.ledger = ledger
    }
}
