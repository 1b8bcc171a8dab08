/// Picks cells by their levels: a cell matches if every factor that is named here holds one of the values given.
public struct CellSelector: Hashable, Sendable {
    public var transport: [String]?
    public var protocolVersion: [String]?
    public var tls: [Bool]?
    public var auth: [String]?
    public var heartbeat: [Cell.Heartbeat]?
    /// Matches no cell of a transport that does not poll at an interval.
    public var pollInterval: [Double]?
    public var load: [String]?
    public var loops: [Int]?
    public var session = SessionFactors()

    public init(
        transport: [String]? = nil, protocolVersion: [String]? = nil, tls: [Bool]? = nil, auth: [String]? = nil,
        heartbeat: [Cell.Heartbeat]? = nil, pollInterval: [Double]? = nil, load: [String]? = nil, loops: [Int]? = nil,
        session: SessionFactors = SessionFactors()
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

    public func matches(_ cell: Cell) -> Bool {
        transport?.contains(cell.transport) != false
            && protocolVersion?.contains(cell.protocolVersion) != false
            && tls?.contains(cell.tls) != false
            && auth?.contains(cell.auth) != false
            && heartbeat?.contains(cell.heartbeat) != false
            && (pollInterval.map { levels in cell.pollIntervalSeconds.map(levels.contains) ?? false } ?? true)
            && load?.contains(cell.load.name) != false
            && loops?.contains(cell.loops) != false
            && session.match(cell.session)
    }
}
