public import Measurement
public import OrderUpdates
public import TransportCore

/// What a run needs to know beside its plan: where the programs are, and what they are given.
public struct RunSettings: Sendable {
    /// The `tandem` that serves and loads: as a rule this very program.
    public var tandem: String
    /// The folder with `floor-server`; where it is missing, the floor's cells are skipped with that reason.
    public var floorFolder: String
    /// Confine the server to as many processors as it has loops, and the load generator to the others.
    public var pins: Bool
    /// The processors that there are for both.
    public var processors: [Int]
    public var credentials: Credentials
    /// What a registered transport can do; nil for a name that is not registered.
    public var capabilities: @Sendable (_ transport: String) -> TransportCapabilities?
    /// Names of the registered auth schemes.
    public var authSchemes: [String]
    public var probes: [any Probe]
    /// Between two samples of a long window.
    public var sampleSeconds: Double
    /// Why a cell with an auth scheme cannot exist, in one sentence; nil where it can.
    public var authRejection: @Sendable (_ scheme: String, _ transport: TransportName, _ tls: Bool) -> String?

    /// Who the load generator is to a server that checks.
    public struct Credentials: Sendable {
        /// The keys that the server verifies with.
        public var keySetPath: String
        /// Of the owner of all orders.
        public var subscriberToken: String
        /// With the scope to publish.
        public var publisherToken: String
        /// The owner's name.
        public var owner: Subject
        /// The authority of client certificates, and the owner's own; nil where no cell needs one.
        public var client: ClientCertificate?

        public struct ClientCertificate: Hashable, Sendable {
            /// PEM file of the authority that signed it.
            public var authorityPath: String
            public var owner: CertificateFiles

            public init(authorityPath: String, owner: CertificateFiles) {
                self.authorityPath = authorityPath
                self.owner = owner
            }
        }

        public init(
            keySetPath: String, subscriberToken: String, publisherToken: String, owner: Subject,
            client: ClientCertificate? = nil
        ) {
            self.keySetPath = keySetPath
            self.subscriberToken = subscriberToken
            self.publisherToken = publisherToken
            self.owner = owner
            self.client = client
        }
    }

    public init(
        tandem: String, floorFolder: String, pins: Bool = false, processors: [Int] = AllowedProcessors.current,
        credentials: Credentials,
        capabilities: @escaping @Sendable (_ transport: String) -> TransportCapabilities?, authSchemes: [String],
        probes: [any Probe], sampleSeconds: Double = 60,
        authRejection: @escaping @Sendable (_ scheme: String, _ transport: TransportName, _ tls: Bool) -> String? = {
            _, _, _ in nil
        }
    ) {
        self.tandem = tandem
        self.floorFolder = floorFolder
        self.pins = pins
        self.processors = processors
        self.credentials = credentials
        self.capabilities = capabilities
        self.authSchemes = authSchemes
        self.probes = probes
        self.sampleSeconds = sampleSeconds
        self.authRejection = authRejection
    }

    var floorServer: String { floorFolder + "/floor-server" }

    /// Those of a server with so many loops, as taskset(1) writes them; nil for any.
    package func serverProcessors(loops: Int) -> String? { pins ? Self.list(processors.prefix(loops)) : nil }

    /// Those of the load generator beside it.
    package func loadProcessors(beside loops: Int) -> String? { pins ? Self.list(processors.dropFirst(loops)) : nil }

    private static func list(_ processors: ArraySlice<Int>) -> String {
        processors.map(String.init).joined(separator: ",")
    }
}
