public import ExperimentModel
import OrderUpdates
public import TransportCore

/// What a load generator is asked to do: one population, one schedule, one measuring window.
///
/// The runner hands it to `tandem load` as one JSON line; a person sets the same by flags.
public struct LoadSpecification: Codable, Hashable, Sendable {
    /// The name of a registered transport.
    public var transport: String
    /// `h1` or `h2`.
    public var protocolVersion = "h1"
    /// What subscribers offer to the server.
    public var compression = MessageCompression.off
    public var target = Target()
    /// Presented by the subscribers; nil for none.
    public var subscriberToken: String?
    /// The name of the auth scheme by which the subscribers present it.
    public var subscriberScheme = "bearer"
    /// What TLS shows of the subscribers; nil shows nothing.
    public var subscriberCertificate: CertificateFiles?
    /// Presented by the publisher; nil for none.
    public var publisherToken: String?
    public var load: LoadProfile
    /// Order `i` of the load is named `<prefix><i>`.
    public var orderPrefix = "order-"
    /// Polling only.
    public var pollIntervalSeconds: Double?
    public var warmupSeconds = 0.5
    public var measureSeconds = 2.0
    /// The longest wait, after the window, for updates of the window that are still under way.
    public var drainSeconds = 1.0
    /// Seconds between two samples within the window; nil for none.
    public var sampleSeconds: Double?
    public var publishing = Publishing.http
    /// Updates whose bytes prove that every transport carries the same: delivered one by one before anything is timed, or,
    /// where the server publishes on its own, its first ones; 0 for none.
    public var fairnessUpdates = 0
    /// Whether a fresh stream begins with a snapshot, so that a subscriber is ready only when it has come.
    public var expectsSnapshot = true
    /// Connections that may be under way at a time.
    public var connectsInFlight = 32
    /// Decides the phases of pollers.
    public var seed: UInt64 = 1
    /// Whether to wait for a line on standard input where the events say so, and to end when it closes.
    public var isSupervised = false
    /// A process to end too if the supervisor vanishes: the server that was started with this generator.
    public var companion: Int32?
    /// Set for a server that is not Tandem's.
    public var foreign: ForeignServer?

    public init(transport: String, load: LoadProfile) {
        self.transport = transport
        self.load = load
    }

    /// Where the server is.
    public struct Target: Codable, Hashable, Sendable {
        public var host = "127.0.0.1"
        public var port = 0
        /// HTTP/2 without TLS.
        public var h2cPort: Int?
        public var tls = false
        /// PEM file of the authorities to trust; nil trusts the system's.
        public var trustedAuthorities: String?
        /// Carries the connections; nil goes to the server directly, whatever the environment says.
        public var proxy: ProxyAddress?

        public init() {}
    }

    /// Who publishes the updates.
    public enum Publishing: String, Codable, Hashable, Sendable, CaseIterable {
        /// This process, by a request for each publication.
        case http
        /// The server, on a schedule of its own that starts when it is told to.
        case server
        /// Others, whenever they like: latency counts from the times in the payloads.
        case elsewhere
        /// Nobody: the connections are only held.
        case none
    }

    /// The digest of the updates that prove fairness, as they are published; nil where none do, or where the server is
    /// another's, whose payloads are its own.
    public var publishedDigest: String? {
        guard fairnessUpdates > 0, foreign == nil else { return nil }
        return OrderID(orderPrefix + "0").map { PayloadDigest(published: fairnessUpdates, to: $0).description }
    }

    /// Subscribers that read as they should; those from this number on stop to read.
    public var readers: Int { max(0, load.connections - load.slowReaders) }

    /// What every subscriber of an order asks for.
    func subscription(to order: OrderID, at endpoint: Endpoint, with credential: Credential) -> Subscription {
        var subscription = Subscription(
            endpoint: endpoint, orders: [order], credential: credential,
            version: ProtocolVersion(rawValue: protocolVersion) ?? .h1)
        subscription.compression = compression
        return subscription
    }
}
