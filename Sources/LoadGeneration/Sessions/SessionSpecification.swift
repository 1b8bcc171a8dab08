public import TransportCore

/// What a population of sessions is asked to be: who connects where, under which policy, and how each comes back.
///
/// The runner hands it to `tandem sessions` as one JSON line.
public struct SessionSpecification: Codable, Hashable, Sendable {
    /// The name of a registered transport.
    public var transport: String
    /// `h1` or `h2`.
    public var protocolVersion = "h1"
    /// Where the sessions connect: the server, or what stands before it.
    public var target = LoadSpecification.Target()
    /// Presented by the sessions; nil for none.
    public var token: String?
    /// The name of the auth scheme by which they present it.
    public var scheme = "bearer"
    /// What TLS shows of the sessions; nil shows nothing.
    public var certificate: CertificateFiles?
    public var policy: SessionPolicy
    /// Sessions that the trial is about, numbered from 0.
    public var sessions: Int
    /// Further sessions beside them, from an address of their own: what is done to the others is not done to these.
    public var bystanders = 0
    /// Session `i` follows order `i` modulo this number.
    public var orders: Int
    /// Order `i` is named `<prefix><i>`.
    public var orderPrefix = "order-"
    /// Polling only.
    public var pollIntervalSeconds: Double?
    /// Long polling only: the longest wait of a poll.
    public var longPollSeconds: Double?
    /// Connections that may be under way at a time while the population begins.
    public var connectsInFlight = 64
    /// Sessions a second that begin, at most; nil for no limit.
    public var connectsPerSecond: Double?
    /// Seconds without any further session that connects, after which the population gives up; where `startsAnyway` is set, it
    /// then goes on with those that there are.
    public var connectPatience = 15.0
    public var startsAnyway = false
    /// Further header fields of the sessions' requests.
    public var headers: [String: String] = [:]
    /// Path of the file to which a publisher writes what the server acknowledges (`AcknowledgementWriter`).
    public var acknowledgements: String
    /// What the waits of the sessions follow from.
    public var seed: UInt64 = 1
    /// A process to end too if the supervisor vanishes.
    public var companion: Int32?

    public init(transport: String, policy: SessionPolicy, sessions: Int, orders: Int, acknowledgements: String) {
        self.transport = transport
        self.policy = policy
        self.sessions = sessions
        self.orders = orders
        self.acknowledgements = acknowledgements
    }

    public var total: Int { sessions + bystanders }

    /// Local addresses, where the target is this host: all of 127.0.0.0/8 is. The kernel can then cut the sessions by their
    /// address, and none of the bystanders.
    public static let sessionAddresses = "127.0.1.0/24"

    /// Few beside the ports of a source address: the kernel looks for a free one by trial, and the connections of the trials before
    /// keep theirs for a minute. With 10,000 the second storm of a run came back in 12 s instead of 2.
    static let connectionsPerAddress = 1_000

    /// Nil where the target is another host.
    public func localAddress(of session: Int) -> String? {
        guard target.host.hasPrefix("127.") else { return nil }
        return session < sessions
            ? "127.0.1.\(1 + session / Self.connectionsPerAddress)"
            : "127.0.2.\(1 + (session - sessions) / Self.connectionsPerAddress)"
    }
}
