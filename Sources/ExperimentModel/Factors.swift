/// The levels that are crossed, each list once.
public struct Factors: Hashable, Sendable {
    public var transport: [TransportLevel]
    public var protocolVersion: [String]
    public var tls: [Bool]
    public var auth: [String]
    public var heartbeat: [Cell.Heartbeat]
    /// Seconds; crossed with the transports that poll at an interval alone.
    public var pollInterval: [Double]
    /// Names of loads.
    public var load: [String]
    public var loops: [Int]
    public var session: SessionFactors

    public init(
        transport: [TransportLevel], protocolVersion: [String] = ["h1"], tls: [Bool] = [false],
        auth: [String] = ["bearer"], heartbeat: [Cell.Heartbeat] = [.standard], pollInterval: [Double] = [5],
        load: [String], loops: [Int] = [1], session: SessionFactors = SessionFactors()
    ) {
        self.transport = transport
        self.protocolVersion = protocolVersion
        self.tls = tls
        self.auth = auth
        self.heartbeat = heartbeat
        self.pollInterval = pollInterval
        self.load = load
        self.loops = loops
        self.session = session
    }

    /// A transport, and what it alone does differently: levels given here take the place of the factor's.
    public struct TransportLevel: Hashable, Sendable {
        public var transport: String
        public var protocolVersion: [String]?
        public var tls: [Bool]?
        public var auth: [String]?
        public var heartbeat: [Cell.Heartbeat]?
        public var pollInterval: [Double]?
        public var load: [String]?
        public var loops: [Int]?
        public var session: SessionFactors

        public init(
            _ transport: String, protocolVersion: [String]? = nil, tls: [Bool]? = nil, auth: [String]? = nil,
            heartbeat: [Cell.Heartbeat]? = nil, pollInterval: [Double]? = nil, load: [String]? = nil,
            loops: [Int]? = nil, session: SessionFactors = SessionFactors()
        ) {
            self.transport = transport
            self.protocolVersion = protocolVersion
            self.tls = tls
            self.auth = auth
            self.heartbeat = heartbeat
            self.pollInterval = pollInterval
            self.load = load
            self.loops = loops
            self.session = session
        }
    }
}
