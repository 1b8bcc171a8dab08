internal import ExperimentModel

/// A factor by which cells of the studies of sessions may differ.
enum SessionFactor: CaseIterable {
    case transport, protocolVersion, tls, client, recovery, fault, path, durability, pace, load, heartbeat, auth, loops

    /// The cell's level in words; nil where it has none.
    func text(_ cell: Cell) -> String? {
        switch self {
        case .transport: transport(cell)
        case .protocolVersion:
            switch cell.protocolVersion {
            case "h1": "HTTP/1.1"
            case "h2": "HTTP/2"
            default: cell.protocolVersion
            }
        case .tls: cell.tls ? "TLS" : "plain"
        case .client: cell.session?.client
        case .recovery: cell.session?.recovery
        case .fault: cell.session?.fault?.name
        case .path: cell.session?.path
        case .durability: cell.session?.durability.map { "durability \($0)" }
        case .pace: cell.session?.pace.map { "pace \(Decimals.plain($0))/s" } ?? "no pace"
        case .load: cell.load.name
        case .heartbeat:
            cell.heartbeat.kind == .off
                ? "no heartbeat"
                : "\(cell.heartbeat.kind.rawValue) heartbeat \(Decimals.plain(cell.heartbeat.seconds)) s"
        case .auth: "auth \(cell.auth)"
        case .loops: Decimals.count(cell.loops, "loop")
        }
    }

    private func transport(_ cell: Cell) -> String {
        let name = Subject.name(of: cell.transport)
        return cell.pollIntervalSeconds.map { "\(name) every \(Decimals.plain($0)) s" } ?? name
    }
}

/// Names cells by what tells them apart: a level that all cells of a run share is not repeated in every row.
struct SessionNaming: Sendable {
    let varying: Set<SessionFactor>
    private let sizesTellLoads: Bool
    private var transportsTellPaths = false

    init(_ cells: [Cell]) {
        sizesTellLoads = Set(cells.map(\.load.connections)).count == Set(cells.map(\.load.name)).count
        varying = Set(SessionFactor.allCases.filter { factor in Set(cells.map { factor.text($0) }).count > 1 })
        let travellers = Set(cells.map { label($0, leavingOut: [.path]) })
        transportsTellPaths = Set(cells.map(transport)).count == travellers.count
    }

    /// `SSE, full-jitter, replay`; the transport stands in every label that does not leave it out.
    func label(_ cell: Cell, leavingOut left: Set<SessionFactor> = [], orElse empty: String? = nil) -> String {
        let parts = SessionFactor.allCases.filter { ($0 == .transport || varying.contains($0)) && !left.contains($0) }
            .compactMap { $0.text(cell) }
        return parts.isEmpty ? empty ?? Subject.name(of: cell.transport) : parts.joined(separator: ", ")
    }

    /// The label of these factors alone, as far as they tell cells apart.
    func label(_ cell: Cell, of factors: Set<SessionFactor>) -> String {
        label(cell, leavingOut: Set(SessionFactor.allCases).subtracting(factors))
    }

    /// What a cell's client speaks: `SSE, TLS`.
    func transport(_ cell: Cell) -> String { label(cell, of: [.transport, .protocolVersion, .tls]) }

    /// The levels that all cells share, where they are of the kind that these studies vary.
    func shared(_ cell: Cell) -> String {
        SessionFactor.allCases.filter { $0 != .transport && $0 != .load && !varying.contains($0) }
            .filter { $0 != .pace || cell.session?.pace != nil }
            .compactMap { $0.text(cell) }.joined(separator: ", ")
    }

    /// What goes through a path: the transport, where nothing else tells those apart that do.
    func traveller(_ cell: Cell) -> String {
        transportsTellPaths ? transport(cell) : label(cell, leavingOut: [.path])
    }

    /// The label of a table that has a column for the number of sessions.
    func labelBesideSize(_ cell: Cell) -> String { label(cell, leavingOut: sizesTellLoads ? [.load] : []) }

    /// How a cell's sessions come back, and at what pace they may: `full-jitter`, `full-jitter, 2,000/s`.
    func policy(_ cell: Cell) -> String {
        let client = cell.session?.client ?? "the client"
        let others = SessionFactor.allCases.filter {
            [.recovery, .durability, .pace].contains($0) && varying.contains($0)
        }
        return ([client] + others.compactMap { $0.text(cell) }).joined(separator: ", ")
    }

    func varies(_ factor: SessionFactor) -> Bool { varying.contains(factor) }
}

/// The order of the rows of a report, which is the same from run to run: trials come in random order.
struct SessionOrder {
    private let clients: [String]
    private let recoveries: [String]
    private let paths: [String]

    /// Names that the vocabulary does not have come last, by name.
    init(_ vocabulary: Vocabulary) {
        func names(_ registered: [String], _ standard: [String]) -> [String] {
            registered.isEmpty ? standard : registered
        }
        clients = names(
            vocabulary.sessionClients, ["event-source", "fixed", "exponential", "full-jitter", "decorrelated-jitter"])
        recoveries = names(vocabulary.recoveries, ["refetch", "snapshot", "replay", "replay-or-snapshot"])
        paths = names(vocabulary.paths, ["direct"])
    }

    func sorted(_ cells: [Cell]) -> [Cell] {
        cells.map { (key($0), $0) }.sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1)
    }

    private func key(_ cell: Cell) -> [Key] {
        let session = cell.session
        let transports = ["sse", "websocket", "long-polling", "polling"]
        let durabilities = ["none", "async", "commit"]
        return place(session?.fault?.name, []) + place(session?.path, paths)
            + [.number(Double(cell.load.connections))] + place(cell.transport, transports)
            + [.name(cell.protocolVersion), .number(cell.tls ? 1 : 0)] + place(session?.client, clients)
            + place(session?.recovery, recoveries) + place(session?.durability, durabilities)
            + [.number(session?.pace ?? 0), .name(cell.id)]
    }

    private func place(_ name: String?, _ order: [String]) -> [Key] {
        [.number(Double(name.flatMap { order.firstIndex(of: $0) } ?? order.count)), .name(name ?? "")]
    }

    private enum Key: Comparable {
        case number(Double)
        case name(String)
    }
}
