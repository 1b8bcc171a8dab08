public import ExperimentRunner

/// What an attack list is run against: a server of its own, started for one cell, and all that a client of it could have.
public struct AttackStage: Sendable {
    public var target: AuthTarget
    public var keys: StudyKeys
    /// Nil where the scheme needs no certificate.
    public var certificates: DevelopmentClientCertificate?
    /// The server's log: one line a refusal.
    public var logPath: String
    public var pid: Int32
    /// For files of the attacks' own; gone with the cell.
    public var folder: String
}
