/// One combination of levels, which a trial measures.
///
/// Names that a registered transport or scheme may add to are strings and not enumerations.
public struct Cell: Codable, Hashable, Sendable {
    /// Readable and stable from run to run, for example `sse.h1.plain.fan-out`; unique within an experiment.
    public var id: String
    /// `sse`, `websocket`, `polling`, `long-polling`, `in-process`.
    public var transport: String
    public var server: ServerKind
    /// The HTTP version: `h1` or `h2`.
    public var protocolVersion: String
    public var tls: Bool
    /// The name of an auth scheme: `bearer`, `none`.
    public var auth: String
    public var heartbeat: Heartbeat
    public var load: LoadProfile
    /// Seconds between two polls of a subscriber; nil where the transport does not poll at an interval.
    public var pollIntervalSeconds: Double?
    /// How messages are compressed: `permessage-deflate`; nil for no compression.
    public var compression: String?
    /// Event loops of the server.
    public var loops: Int
    /// How clients reconnect, and after what; nil outside the studies of sessions.
    public var session: SessionLevels?
    /// What is measured and wanted, in the study of capacity; nil elsewhere.
    public var goal: CapacityGoal?
    public var role: Role
    /// Which half of an A/A pair it is; nil for other cells.
    public var arm: Arm?

    /// The server that is measured.
    public enum ServerKind: String, Codable, Hashable, Sendable, CaseIterable {
        case tandem
        /// A bare loop over sockets that writes the same bytes: the machine's own limit.
        case floor
        /// A server of another project.
        case external
    }

    /// Why the cell is in the experiment.
    public enum Role: String, Codable, Hashable, Sendable, CaseIterable {
        case measure
        case floor
        /// One half of a pair of identical cells, whose difference is the noise of the machine.
        case aa
    }

    public enum Arm: String, Codable, Hashable, Sendable, CaseIterable {
        case a, b
    }

    /// How a stream shows that it is alive while nothing else is sent.
    public struct Heartbeat: Codable, Hashable, Sendable {
        public var kind: Kind
        /// Seconds between heartbeats; 0 with the kind `off`.
        public var seconds: Double

        public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
            /// An SSE comment, a WebSocket ping: page code does not see it.
            case control
            /// A named event or a message.
            case visible
            case off
        }

        public init(kind: Kind, seconds: Double) {
            self.kind = kind
            self.seconds = kind == .off ? 0 : seconds
        }

        /// The same for every transport unless an experiment says otherwise, because proxies cut idle streams after
        /// 30 s or more.
        public static let standard = Self(kind: .control, seconds: 25)
        public static let off = Self(kind: .off, seconds: 0)
    }

    /// - Parameter id: nil for the name that follows from the levels.
    public init(
        id: String? = nil, transport: String, server: ServerKind = .tandem, protocolVersion: String = "h1",
        tls: Bool = false, auth: String = "bearer", heartbeat: Heartbeat = .standard, load: LoadProfile,
        pollIntervalSeconds: Double? = nil, compression: String? = nil, loops: Int = 1, session: SessionLevels? = nil,
        role: Role = .measure, arm: Arm? = nil
    ) {
        self.id = ""
        self.transport = transport
        self.server = server
        self.protocolVersion = protocolVersion
        self.tls = tls
        self.auth = auth
        self.heartbeat = heartbeat
        self.load = load
        self.pollIntervalSeconds = pollIntervalSeconds
        self.compression = compression
        self.loops = loops
        self.session = session
        self.role = role
        self.arm = arm
        self.id = id ?? derivedID
    }

    private enum CodingKeys: String, CodingKey {
        case id, transport, server
        case protocolVersion = "protocol"
        case tls, auth, heartbeat, load, pollIntervalSeconds, compression, loops, session, goal, role, arm
    }
}

extension Cell {
    /// The transport with its interval where it polls: `sse`, `polling-5s`.
    public var transportLabel: String {
        guard let pollIntervalSeconds else { return transport }
        return "\(transport)-\(StrictNode.shown(pollIntervalSeconds))s"
    }

    /// The id without role and arm, which the halves of an A/A pair, or a cell and its floor, have in common.
    public var baseID: String { Factor.inIDs.compactMap { $0.idPart(self) }.joined(separator: ".") }

    /// Sets the id that follows from its levels.
    mutating func nameByLevels() { id = derivedID }

    private var derivedID: String {
        var parts = [baseID]
        switch server {
        case .tandem: break
        case .floor: parts.append("floor")
        case .external: parts.append("external")
        }
        if let arm { parts.append(arm.rawValue) }
        return parts.joined(separator: ".")
    }
}
