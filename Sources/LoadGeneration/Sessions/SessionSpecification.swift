public import TransportCore

/// The specification of a population of sessions: where they connect, under which policy, and how they come back.
///
/// The runner passes it to `tandem sessions` as one JSON line.
public struct SessionSpecification: Codable, Hashable, Sendable {
    /// The name of a registered transport.
    public var transport: String
    /// `h1` or `h2`.
    public var protocolVersion = "h1"
    /// The address that sessions connect to: the server's, or that of a proxy before it.
    public var target = LoadSpecification.Target()
    /// The token that sessions present; nil for none.
    public var token: String?
    /// The name of the auth scheme with which sessions present their token.
    public var scheme = "bearer"
    /// The sessions' certificate for TLS; nil for none.
    public var certificate: CertificateFiles?
    public var policy: SessionPolicy
    /// The number of sessions that the trial affects, numbered from 0.
    public var sessions: Int
    /// The number of further sessions with addresses of their own, which faults of the trial do not affect.
    public var bystanders = 0
    /// Session `i` follows order `i` modulo this number.
    public var orders: Int
    /// Order `i` is named `<prefix><i>`.
    public var orderPrefix = "order-"
    /// For polling only.
    public var pollIntervalSeconds: Double?
    /// For long polling only: the maximum wait of a poll, in seconds.
    public var longPollSeconds: Double?
    /// The maximum number of connections that are being opened at the same time at the start.
    public var connectsInFlight = 64
    /// The maximum number of sessions that start in a second; nil for no limit.
    public var connectsPerSecond: Double?
    /// Seconds without another ready session after which the population gives up. With `startsAnyway` it continues with
    /// those that are ready.
    public var connectPatience = 15.0
    public var startsAnyway = false
    /// Additional header fields of the sessions' requests.
    public var headers: [String: String] = [:]
    /// The path of the file to which a publisher writes the server's acknowledgements (`AcknowledgementWriter`).
    public var acknowledgements: String
    /// Determines the random waits of the sessions.
    public var seed: UInt64 = 1
    /// A process that ends too if the supervisor disappears.
    public var companion: Int32?

    public init(transport: String, policy: SessionPolicy, sessions: Int, orders: Int, acknowledgements: String) {
        self.transport = transport
        self.policy = policy
        self.sessions = sessions
        self.orders = orders
        self.acknowledgements = acknowledgements
    }

    public var total: Int { sessions + bystanders }

    /// Local addresses if the target is this host, which has all of 127.0.0.0/8. By them the kernel can cut the
    /// sessions and spare the bystanders.
    public static let sessionAddresses = "127.0.1.0/24"

    /// Few compared with the ports of a source address: the kernel finds a free port by trial, and connections of
    /// earlier trials keep theirs for a minute. With 10,000 the second storm of a run took 12 s to come back instead of
    /// 2 s.
    static let connectionsPerAddress = 1_000

    /// Nil if the target is another host.
    public func localAddress(of session: Int) -> String? {
        guard target.host.hasPrefix("127.") else { return nil }
        return session < sessions
            ? "127.0.1.\(1 + session / Self.connectionsPerAddress)"
            : "127.0.2.\(1 + (session - sessions) / Self.connectionsPerAddress)"
    }
}
