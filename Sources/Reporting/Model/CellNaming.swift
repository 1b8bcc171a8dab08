internal import ExperimentModel

/// Names cells by the levels in which they differ: a level that all cells of a run share is not repeated in every row.
struct CellNaming: Sendable {
    let varying: Set<Factor>
    private let sizesTellLoads: Bool
    private var transportsTellPaths = false

    init(_ cells: [Cell]) {
        sizesTellLoads = Set(cells.map(\.load.connections)).count == Set(cells.map(\.load.name)).count
        varying = Set(Factor.all.filter { factor in Set(cells.map { factor.text($0) }).count > 1 })
        let travellers = Set(cells.map { label($0, leavingOut: [.path]) })
        transportsTellPaths = Set(cells.map(transport)).count == travellers.count
    }

    /// The transport and the varying levels: `SSE, full-jitter, replay`. The transport is left out only if `left`
    /// contains it.
    func label(_ cell: Cell, leavingOut left: Set<Factor> = [], orElse empty: String? = nil) -> String {
        let parts = Factor.all.filter { ($0 == .transport || varying.contains($0)) && !left.contains($0) }
            .compactMap { $0.text(cell) }
        return parts.isEmpty ? empty ?? Factor.name(ofTransport: cell.transport) : parts.joined(separator: ", ")
    }

    /// The label of the given factors alone, without those that do not vary.
    func label(_ cell: Cell, of factors: Set<Factor>) -> String {
        label(cell, leavingOut: Set(Factor.all).subtracting(factors))
    }

    /// The transport of the cell's client: `SSE, TLS`.
    func transport(_ cell: Cell) -> String { label(cell, of: [.transport, .protocolVersion, .tls]) }

    /// The levels that all cells share, among the factors that studies of sessions vary.
    func shared(_ cell: Cell) -> String {
        Factor.all.filter { $0 != .transport && $0 != .load && !varying.contains($0) }
            .filter { $0 != .pace || cell.session?.pace != nil }
            .compactMap { $0.text(cell) }.joined(separator: ", ")
    }

    /// Names the client of a path: by its transport if that is enough to tell the clients apart, otherwise by all
    /// levels but the path.
    func clientLabel(_ cell: Cell) -> String {
        transportsTellPaths ? transport(cell) : label(cell, leavingOut: [.path])
    }

    /// The label of a row in a table that has a column for the number of sessions.
    func labelBesideSize(_ cell: Cell) -> String { label(cell, leavingOut: sizesTellLoads ? [.load] : []) }

    /// How the sessions of a cell reconnect, and the server's pace if it varies: `full-jitter`, `full-jitter, 2,000/s`.
    func policy(_ cell: Cell) -> String {
        let client = cell.session?.client ?? "the client"
        let others = Factor.all.filter {
            [.recovery, .durability, .pace].contains($0) && varying.contains($0)
        }
        return ([client] + others.compactMap { $0.text(cell) }).joined(separator: ", ")
    }

    func varies(_ factor: Factor) -> Bool { varying.contains(factor) }
}
