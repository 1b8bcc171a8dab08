internal import ExperimentModel

/// Names cells by what tells them apart: a level that all cells of a run share is not repeated in every row.
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

    /// `SSE, full-jitter, replay`; the transport stands in every label that does not leave it out.
    func label(_ cell: Cell, leavingOut left: Set<Factor> = [], orElse empty: String? = nil) -> String {
        let parts = Factor.all.filter { ($0 == .transport || varying.contains($0)) && !left.contains($0) }
            .compactMap { $0.text(cell) }
        return parts.isEmpty ? empty ?? Factor.name(ofTransport: cell.transport) : parts.joined(separator: ", ")
    }

    /// The label of these factors alone, as far as they tell cells apart.
    func label(_ cell: Cell, of factors: Set<Factor>) -> String {
        label(cell, leavingOut: Set(Factor.all).subtracting(factors))
    }

    /// What a cell's client speaks: `SSE, TLS`.
    func transport(_ cell: Cell) -> String { label(cell, of: [.transport, .protocolVersion, .tls]) }

    /// The levels that all cells share, where they are of the kind that these studies vary.
    func shared(_ cell: Cell) -> String {
        Factor.all.filter { $0 != .transport && $0 != .load && !varying.contains($0) }
            .filter { $0 != .pace || cell.session?.pace != nil }
            .compactMap { $0.text(cell) }.joined(separator: ", ")
    }

    /// What goes through a path: the transport, where nothing else tells those apart that do.
    func clientLabel(_ cell: Cell) -> String {
        transportsTellPaths ? transport(cell) : label(cell, leavingOut: [.path])
    }

    /// The label of a table that has a column for the number of sessions.
    func labelBesideSize(_ cell: Cell) -> String { label(cell, leavingOut: sizesTellLoads ? [.load] : []) }

    /// How a cell's sessions come back, and at what pace they may: `full-jitter`, `full-jitter, 2,000/s`.
    func policy(_ cell: Cell) -> String {
        let client = cell.session?.client ?? "the client"
        let others = Factor.all.filter {
            [.recovery, .durability, .pace].contains($0) && varying.contains($0)
        }
        return ([client] + others.compactMap { $0.text(cell) }).joined(separator: ", ")
    }

    func varies(_ factor: Factor) -> Bool { varying.contains(factor) }
}
