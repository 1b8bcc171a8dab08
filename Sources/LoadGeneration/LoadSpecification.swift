public import ExperimentModel
import OrderUpdates
public import TransportCore

/// The specification of a load: one population, one schedule, one measuring window.
///
/// The runner passes it to `tandem load` as one JSON line; people use options instead.
public struct LoadSpecification: Codable, Hashable, Sendable {
    /// The name of a registered transport.
    public var transport: String
    /// `h1` or `h2`.
    public var protocolVersion = "h1"
    /// The compression that subscribers offer to the server.
    public var compression = MessageCompression.off
    public var target = Target()
    /// The token that subscribers present; nil for none.
    public var subscriberToken: String?
    /// The name of the auth scheme with which subscribers present their token.
    public var subscriberScheme = "bearer"
    /// The subscribers' certificate for TLS; nil for none.
    public var subscriberCertificate: CertificateFiles?
    /// The token that the publisher presents; nil for none.
    public var publisherToken: String?
    public var load: LoadProfile
    /// Order `i` of the load is named `<prefix><i>`.
    public var orderPrefix = "order-"
    /// For polling only.
    public var pollIntervalSeconds: Double?
    public var warmupSeconds = 0.5
    public var measureSeconds = 2.0
    /// The maximum time after the window to wait for its updates.
    public var drainSeconds = 1.0
    /// Seconds between two samples within the window; nil for none.
    public var sampleSeconds: Double?
    public var publishing = Publishing.http
    /// The number of updates whose bytes prove that every transport carries the same: delivered one by one before the
    /// measurement, or the first ones of a server that publishes by itself; 0 for none.
    public var fairnessUpdates = 0
    /// Whether a new stream begins with a snapshot. If so, a subscriber is ready after its first event.
    public var expectsSnapshot = true
    /// The maximum number of connections that are being opened at the same time.
    public var connectsInFlight = 32
    /// Determines the phases of the pollers.
    public var seed: UInt64 = 1
    /// Whether to wait for a line on standard input at events that say so, and to end when standard input closes.
    public var isSupervised = false
    /// The server process that was started with this generator, which ends too if the supervisor disappears.
    public var companion: Int32?
    /// For a server that is not Tandem's.
    public var foreign: ForeignServer?

    public init(transport: String, load: LoadProfile) {
        self.transport = transport
        self.load = load
    }

    /// The address of the server.
    public struct Target: Codable, Hashable, Sendable {
        public var host = "127.0.0.1"
        public var port = 0
        /// HTTP/2 without TLS.
        public var h2cPort: Int?
        public var tls = false
        /// PEM file of the authorities to trust; nil trusts the system's.
        public var trustedAuthorities: String?
        /// The proxy of the connections; nil connects directly, whatever the environment says.
        public var proxy: ProxyAddress?

        public init() {}
    }

    /// Who publishes the updates.
    public enum Publishing: String, Codable, Hashable, Sendable, CaseIterable {
        /// This process, over HTTP.
        case http
        /// The server, by its own schedule, which starts on command.
        case server
        /// Others, at any time. The latency counts from the times in the payloads.
        case elsewhere
        /// Nobody. The connections are only held.
        case none
    }

    /// The digest of the fairness updates as published; nil if there are none, or if the server is not Tandem's and has
    /// its own payloads.
    public var publishedDigest: String? {
        guard fairnessUpdates > 0, foreign == nil else { return nil }
        return OrderID(orderPrefix + "0").map { PayloadDigest(published: fairnessUpdates, to: $0).description }
    }

    /// The number of subscribers that read. Those with a higher number stop reading.
    public var readers: Int { max(0, load.connections - load.slowReaders) }

    /// The subscription of every subscriber of an order.
    func subscription(to order: OrderID, at endpoint: Endpoint, with credential: Credential) -> Subscription {
        var subscription = Subscription(
            endpoint: endpoint, orders: [order], credential: credential,
            version: ProtocolVersion(rawValue: protocolVersion) ?? .h1)
        subscription.compression = compression
        return subscription
    }
}
