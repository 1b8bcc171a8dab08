internal import ExperimentModel

/// The order of a report's rows. It is the same for every run, although trials come in random order.
struct SessionOrder {
    private let clients: [String]
    private let recoveries: [String]
    private let paths: [String]

    /// Names that the vocabulary lacks come last, by name.
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
        return place(session?.fault?.name, []) + place(session?.path, paths)
            + [.number(Double(cell.load.connections))] + [
                .number(Double(Factor.place(ofTransport: cell.transport))), .name(cell.transport),
            ]
            + [.name(cell.protocolVersion), .number(cell.tls ? 1 : 0)] + place(session?.client, clients)
            + place(session?.recovery, recoveries) + place(session?.durability, Factor.durabilities)
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
