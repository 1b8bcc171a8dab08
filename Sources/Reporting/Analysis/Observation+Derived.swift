internal import ExperimentModel

/// Figures that follow from one line.
extension Observation {
    var traffic: ResourceSummary.Traffic? { resources?.traffic }

    /// A cost of the window per distinct delivery that arrived within it; nil where none did, for then there is nothing to
    /// divide among.
    ///
    /// The ledger is another count: of the updates that were due within the window, whenever they arrived. It stands in
    /// only for lines that were written before the arrivals were counted.
    func perUpdate(_ total: Double?) -> Double? {
        guard let total, let delivered = traffic?.deliveries ?? ledger?.delivered, delivered > 0 else { return nil }
        return total / Double(delivered)
    }

    func perConnection(_ total: Double?) -> Double? {
        guard let total, cell.load.connections > 0 else { return nil }
        return total / Double(cell.load.connections)
    }

    /// Bytes that the server grew by between no connection and all of them held: private pages where they were read,
    /// since shared ones are not the connections', else the resident size.
    var serverMemoryGrowth: Double? {
        guard let before = resources?.server?.before, let held = resources?.server?.held else { return nil }
        if let first = before.privateBytes, let last = held.privateBytes { return Double(last - first) }
        if let first = before.pssBytes, let last = held.pssBytes { return Double(last - first) }
        return Double(held.rssBytes - before.rssBytes)
    }

    /// Bytes of socket memory, both ends of every connection on loopback.
    var kernelMemoryGrowth: Double? {
        guard let before = resources?.kernel?.before, let held = resources?.kernel?.held else { return nil }
        let slab = zip2(before.slabBytes, held.slabBytes).map { Double($1 - $0) } ?? 0
        return Double(held.bufferBytes - before.bufferBytes) + slab
    }

    private func zip2(_ first: Int64?, _ second: Int64?) -> (Int64, Int64)? {
        guard let first, let second else { return nil }
        return (first, second)
    }
}
