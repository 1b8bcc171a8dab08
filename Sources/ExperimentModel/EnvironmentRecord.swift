/// The machine and the software that a run was made with: `environment.json`.
public struct EnvironmentRecord: Codable, Hashable, Sendable {
    public static let currentSchema = 1

    public var schema: Int
    /// RFC 3339, UTC.
    public var recordedAt: String
    public var hostname: String
    /// `uname`: system, release, version and architecture.
    public var kernel: String
    /// For example `Debian GNU/Linux 12 (bookworm)`; nil where `/etc/os-release` does not say.
    public var operatingSystem: String?
    public var cpuModel: String
    /// Logical processors that the process may run on.
    public var cores: Int
    /// The frequency governor of the first processor; nil where the kernel shows none, as in most virtual machines.
    public var governor: String?
    public var memoryBytes: Int64
    /// Open descriptors a process may have: the soft and the hard limit.
    public var descriptorLimit: DescriptorLimit
    /// Load averages over 1, 5 and 15 minutes, before the first trial.
    public var loadAtStart: [Double]
    /// The commit of the Tandem that ran; nil outside a checkout.
    public var gitRevision: String?
    /// Whether its sources differed from that commit; nil where git cannot tell.
    public var gitDirty: Bool?
    public var swiftVersion: String
    /// By name, as the libraries themselves report them: `libwebsockets`, `OpenSSL`, `libuv`, `nghttp2`.
    public var libraries: [String: String]

    public struct DescriptorLimit: Codable, Hashable, Sendable {
        public var soft: Int64
        public var hard: Int64

        public init(soft: Int64, hard: Int64) {
            self.soft = soft
            self.hard = hard
        }
    }

    public init(
        schema: Int = Self.currentSchema, recordedAt: String, hostname: String, kernel: String,
        operatingSystem: String? = nil, cpuModel: String, cores: Int, governor: String? = nil, memoryBytes: Int64,
        descriptorLimit: DescriptorLimit, loadAtStart: [Double], gitRevision: String? = nil, gitDirty: Bool? = nil,
        swiftVersion: String, libraries: [String: String] = [:]
    ) {
        self.schema = schema
        self.recordedAt = recordedAt
        self.hostname = hostname
        self.kernel = kernel
        self.operatingSystem = operatingSystem
        self.cpuModel = cpuModel
        self.cores = cores
        self.governor = governor
        self.memoryBytes = memoryBytes
        self.descriptorLimit = descriptorLimit
        self.loadAtStart = loadAtStart
        self.gitRevision = gitRevision
        self.gitDirty = gitDirty
        self.swiftVersion = swiftVersion
        self.libraries = libraries
    }
}
