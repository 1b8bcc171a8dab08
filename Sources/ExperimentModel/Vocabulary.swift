/// The names that an experiment file may use: what is registered, plus what it defines itself.
public struct Vocabulary: Hashable, Sendable {
    public var transports: [String]
    /// Those of the transports that ask at an interval, and so have a poll interval as a level.
    public var intervalTransports: Set<String>
    public var protocolVersions: [String]
    public var authSchemes: [String]
    public var probes: [String]
    /// The probes of a study of auth.
    public var authMeasures: [String]
    /// Models and policies of clients that come back.
    public var sessionClients: [String]
    public var recoveries: [String]
    public var faults: [FaultProfile]
    /// What may stand between client and server.
    public var paths: [String]

    public init(
        transports: [String], intervalTransports: Set<String>, protocolVersions: [String], authSchemes: [String],
        probes: [String], authMeasures: [String] = AuthSummary.measures,
        sessionClients: [String] = [], recoveries: [String] = [], faults: [FaultProfile] = [], paths: [String] = []
    ) {
        self.transports = transports
        self.intervalTransports = intervalTransports
        self.protocolVersions = protocolVersions
        self.authSchemes = authSchemes
        self.probes = probes
        self.authMeasures = authMeasures
        self.sessionClients = sessionClients
        self.recoveries = recoveries
        self.faults = faults
        self.paths = paths
    }
}
