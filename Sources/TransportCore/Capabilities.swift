/// What a transport can do. It is stated once, and the conformance suite checks it.
public struct TransportCapabilities: Sendable {
    /// The versions that both our server and our measuring client support.
    public var protocolVersions: [ProtocolVersion]
    public var supportsTLS: Bool
    /// Whether HTTP/2 works without TLS too, by prior knowledge. Browsers do not support it.
    public var speaksUnencryptedHTTP2 = true
    /// Whether messages can be compressed (`MessageCompression`).
    public var compressesMessages = false
    /// Whether the server delivers without being asked. If not, updates are coalesced into the latest state.
    public var pushes: Bool
    /// Whether the client asks at an interval, which experiments then set.
    public var polls = false
    /// Whether every update is delivered and a client can resume from a position.
    public var replays: Bool
    /// Whether commands travel on the same connection.
    public var carriesCommands: Bool
    /// Whether one connection can carry many orders.
    public var carriesManyOrders: Bool
    /// The kinds of heartbeat that the transport can send; empty where it has none.
    public var heartbeats: [HeartbeatKind]
    /// What the transport cannot do, and why. Reports print it as a finding.
    public var limitations: [Limitation]

    public struct Limitation: Hashable, Sendable {
        /// What cannot exist, such as `h2` or `native EventSource with a bearer header`.
        public var subject: String
        public var reason: String
        public init(_ subject: String, because reason: String) {
            self.subject = subject
            self.reason = reason
        }
    }

    public init(
        protocolVersions: [ProtocolVersion], supportsTLS: Bool = true, pushes: Bool, replays: Bool,
        carriesCommands: Bool,
        carriesManyOrders: Bool, heartbeats: [HeartbeatKind], limitations: [Limitation] = []
    ) {
        self.protocolVersions = protocolVersions
        self.supportsTLS = supportsTLS
        self.pushes = pushes
        self.replays = replays
        self.carriesCommands = carriesCommands
        self.carriesManyOrders = carriesManyOrders
        self.heartbeats = heartbeats
        self.limitations = limitations
    }
}

/// How a stream shows that it is alive.
public enum HeartbeatKind: String, Hashable, Sendable, CaseIterable {
    /// The smallest message that the transport has: an SSE comment, a WebSocket ping. Page code does not see it.
    case control
    /// A named event or a message that page code can see.
    case visible
    case off
}
