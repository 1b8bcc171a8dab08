internal import ExperimentModel

/// Figures that are computed from one observation.
extension Observation {
    var traffic: ResourceSummary.Traffic? { resources?.traffic }

    /// A cost of the window per distinct delivery that arrived within it; nil if none did.
    ///
    /// The ledger counts something else: the updates that were due within the window, whenever they arrived. It stands
    /// in only for observations that were written before arrivals were counted.
    func perUpdate(_ total: Double?) -> Double? {
        guard let total, let delivered = traffic?.deliveries ?? ledger?.delivered, delivered > 0 else { return nil }
        return total / Double(delivered)
    }

    func perConnection(_ total: Double?) -> Double? {
        guard let total, cell.load.connections > 0 else { return nil }
        return total / Double(cell.load.connections)
    }

    /// Bytes by which the server grew until all connections were held. It compares private pages if they were recorded,
    /// because shared pages do not belong to the connections; otherwise the resident size.
    var serverMemoryGrowth: Double? {
        guard let before = resources?.server?.before, let held = resources?.server?.held else { return nil }
        if let first = before.privateBytes, let last = held.privateBytes { return Double(last - first) }
        if let first = before.pssBytes, let last = held.pssBytes { return Double(last - first) }
        return Double(held.rssBytes - before.rssBytes)
    }

    /// Bytes by which socket memory grew until all connections were held. On loopback both ends count.
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
