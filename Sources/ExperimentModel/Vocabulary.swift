/// The names that an experiment file may use: those that are registered, and those that the file defines.
public struct Vocabulary: Hashable, Sendable {
    public var transports: [String]
    /// The transports that poll at an interval, and so have a poll interval as a level.
    public var intervalTransports: Set<String>
    public var protocolVersions: [String]
    public var authSchemes: [String]
    public var probes: [String]
    /// The probes of a study of auth.
    public var authMeasures: [String]
    /// The models and policies of clients that reconnect.
    public var sessionClients: [String]
    public var recoveries: [String]
    public var faults: [FaultProfile]
    /// The paths between client and server.
    public var paths: [String]
    /// The metrics that cells are compared by, and those of them that are times.
    public var metrics: [String]
    public var metricsOfTime: Set<String>

    public init(
        transports: [String], intervalTransports: Set<String>, protocolVersions: [String], authSchemes: [String],
        probes: [String], authMeasures: [String] = AuthSummary.measures,
        sessionClients: [String] = [], recoveries: [String] = [], faults: [FaultProfile] = [], paths: [String] = [],
        metrics: [String] = [], metricsOfTime: Set<String> = []
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
        self.metrics = metrics
        self.metricsOfTime = metricsOfTime
    }
}
