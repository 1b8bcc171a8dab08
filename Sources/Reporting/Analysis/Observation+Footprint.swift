internal import ExperimentModel

/// Memory that a trial held and returned.
extension Observation {
    /// Bytes by which the load generator grew until all connections were held.
    var loadMemoryGrowth: Double? {
        guard let before = resources?.load?.before, let held = resources?.load?.held else { return nil }
        return held.growth(since: before)
    }

    /// Bytes by which the server's memory exceeded its initial size after the last connection was closed.
    var serverMemoryKept: Double? {
        guard let before = resources?.server?.before, let after = resources?.server?.after else { return nil }
        return after.growth(since: before)
    }
}

extension ProcessResources.Memory {
    /// Compares private pages if both samples have them, otherwise the proportional set size, otherwise the resident
    /// size.
    fileprivate func growth(since earlier: Self) -> Double {
        if let first = earlier.privateBytes, let last = privateBytes { return Double(last - first) }
        if let first = earlier.pssBytes, let last = pssBytes { return Double(last - first) }
        return Double(rssBytes - earlier.rssBytes)
    }
}
