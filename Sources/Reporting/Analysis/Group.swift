/// The cells that share a condition, and so can be compared.
public struct Group: Sendable {
    public var condition: Condition
    /// For headings: the load, TLS and whatever else differs in this experiment.
    public var label: String
    /// In the order of their subjects.
    public var cells: [CellResult]
    /// The machine's own limit for the same load with as many loops.
    public var floors: [CellResult]

    /// The floor to set beside a cell: the same transport and protocol version, else the nearest that there is, transport first.
    public func floor(for subject: Subject) -> CellResult? {
        func distance(_ floor: CellResult) -> Int {
            (floor.subject.transport == subject.transport ? 0 : 2)
                + (floor.subject.protocolVersion == subject.protocolVersion ? 0 : 1)
        }
        // A bare socket that pushes says nothing about a client that waits for its next poll.
        guard subject.isPush else {
            return floors.first { $0.subject.transport == subject.transport && $0.outcome == .measured }
        }
        return floors.filter { $0.outcome == .measured && $0.subject.isPush }.min { distance($0) < distance($1) }
    }

    public func cell(_ subject: Subject) -> CellResult? { cells.first { $0.subject == subject } }
}
