public import ExperimentModel
public import ExperimentRunner
public import LoadGeneration
public import NetworkPaths
public import TransportCore

/// What the studies of sessions need in addition to their trials.
public struct SessionStudySettings: Sendable {
    /// The `tandem` program, for the server, the sessions and the fault proxy.
    public var tandem: String
    /// The folder for the trials' files. It exists, and is removed after the run.
    public var folder: TemporaryFolder
    public var credentials: RunSettings.Credentials
    public var capabilities: @Sendable (_ transport: String) -> TransportCapabilities?
    /// Makes a publisher for a server.
    public var publisher:
        @Sendable (_ target: LoadSpecification.Target, _ token: String?) throws -> any AcknowledgingPublisher
    /// The faults of the runner.
    public var faults: [any RunnerFault.Type]
    /// All faults that a plan may name, including the proxy's.
    public var profiles: [FaultProfile]
    /// The paths between client and server.
    public var paths: [any NetworkPath]
    /// Nil where no cell of the plan uses TLS.
    public var certificate: DevelopmentCertificate?
    public var seed: UInt64

    public init(
        tandem: String, folder: TemporaryFolder, credentials: RunSettings.Credentials,
        capabilities: @escaping @Sendable (_ transport: String) -> TransportCapabilities?,
        publisher:
            @escaping @Sendable (_ target: LoadSpecification.Target, _ token: String?) throws ->
            any AcknowledgingPublisher,
        faults: [any RunnerFault.Type], profiles: [FaultProfile], paths: [any NetworkPath],
        certificate: DevelopmentCertificate? = nil, seed: UInt64 = 1
    ) {
        self.tandem = tandem
        self.folder = folder
        self.credentials = credentials
        self.capabilities = capabilities
        self.publisher = publisher
        self.faults = faults
        self.profiles = profiles
        self.paths = paths
        self.certificate = certificate
        self.seed = seed
    }

    /// The path of a cell; nil where it names none that is registered.
    func path(of cell: Cell) -> (any NetworkPath)? { paths.first { $0.name == cell.session?.path } }
}

/// A trial of a study of sessions could not be measured to its end.
public struct SessionStudyError: Error, CustomStringConvertible {
    /// One sentence for a person.
    public var description: String
    init(_ description: String) { self.description = description }
}
