public import Measurement
public import OrderUpdates
public import TransportCore

/// What a run needs in addition to its plan: where the programs are, and their settings.
public struct RunSettings: Sendable {
    /// The `tandem` program for server and load generator, usually the running program.
    public var tandem: String
    /// The folder with `floor-server`; where it is missing, the floor's cells are skipped with that reason.
    public var floorFolder: String
    /// Whether the server is confined to as many processors as it has loops, and the load generator to the others.
    public var pins: Bool
    /// The processors that both may use together.
    public var processors: [Int]
    public var credentials: Credentials
    /// The capabilities of a registered transport; nil for a name that is not registered.
    public var capabilities: @Sendable (_ transport: String) -> TransportCapabilities?
    /// Names of the registered auth schemes.
    public var authSchemes: [String]
    public var probes: [any Probe]
    /// The time between two samples of a long window.
    public var sampleSeconds: Double
    /// Why a cell with an auth scheme cannot exist, in one sentence; nil where it can.
    public var authRejection: @Sendable (_ scheme: String, _ transport: TransportName, _ tls: Bool) -> String?

    /// The credentials of the load generator for a server that checks them.
    public struct Credentials: Sendable {
        /// The file of the keys that the server verifies with.
        public var keySetPath: String
        /// The token of the owner of all orders.
        public var subscriberToken: String
        /// A token with the scope to publish.
        public var publisherToken: String
        /// The owner's name.
        public var owner: Subject
        /// The authority of client certificates, and the owner's certificate; nil where no cell needs one.
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

    package var floorServer: String { floorFolder + "/floor-server" }

    /// The processors of a server with this many loops, as taskset(1) writes them; nil for any.
    package func serverProcessors(loops: Int) -> String? { pins ? Self.list(processors.prefix(loops)) : nil }

    /// The processors of the load generator beside such a server.
    package func loadProcessors(beside loops: Int) -> String? { pins ? Self.list(processors.dropFirst(loops)) : nil }

    private static func list(_ processors: ArraySlice<Int>) -> String {
        processors.map(String.init).joined(separator: ",")
    }
}
