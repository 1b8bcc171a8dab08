internal import ExperimentModel

/// What a trial held and gave back.
extension Observation {
    /// Bytes that the load generator grew by between no connection and all of them held.
    var loadMemoryGrowth: Double? {
        guard let before = resources?.load?.before, let held = resources?.load?.held else { return nil }
        return held.growth(since: before)
    }

    /// Bytes that the server kept after the last connection was closed.
    var serverMemoryKept: Double? {
        guard let before = resources?.server?.before, let after = resources?.server?.after else { return nil }
        return after.growth(since: before)
    }
}

extension ProcessResources.Memory {
    /// By the nearest to what is the process's own that both samples have.
    fileprivate func growth(since earlier: Self) -> Double {
        if let first = earlier.privateBytes, let last = privateBytes { return Double(last - first) }
        if let first = earlier.pssBytes, let last = pssBytes { return Double(last - first) }
        return Double(rssBytes - earlier.rssBytes)
    }
}
