/// The cells that share a condition, and so can be compared.
public struct Group: Sendable {
    public var condition: Condition
    /// The label of the condition for headings: the load, TLS, and every other factor that differs in this run.
    public var label: String
    /// In the order of their subjects.
    public var cells: [CellResult]
    /// The machine's limit for the same load and number of loops.
    public var floors: [CellResult]

    /// The floor to show beside a cell: one of the same transport and protocol version, otherwise the nearest,
    /// transport first.
    public func floor(for subject: Subject) -> CellResult? {
        func distance(_ floor: CellResult) -> Int {
            (floor.subject.transport == subject.transport ? 0 : 2)
                + (floor.subject.protocolVersion == subject.protocolVersion ? 0 : 1)
        }
        // A floor that pushes is no limit for a client that waits for its next poll.
        guard subject.isPush else {
            return floors.first { $0.subject.transport == subject.transport && $0.outcome == .measured }
        }
        return floors.filter { $0.outcome == .measured && $0.subject.isPush }.min { distance($0) < distance($1) }
    }

    public func cell(_ subject: Subject) -> CellResult? { cells.first { $0.subject == subject } }
}
