extension [Double] {
    /// Nil without elements.
    var mean: Double? { isEmpty ? nil : reduce(0, +) / Double(count) }

    /// The variance of what they are a sample of; nil with fewer than two.
    var variance: Double? {
        guard count >= 2, let mean else { return nil }
        let squares = reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return squares / Double(count - 1)
    }
}
