import Measurement

// The ranges that experiments allow, or that computations need.

extension Observation: RangedNumbers {
    static let ranges: [String: ClosedRange<Double>] = [
        "schema": 1...1e6, "seed": 0...9_007_199_254_740_991, "trial": 1...1e9, "block": 1...1e9, "position": 1...1e9,
    ]
}

extension RunManifest: RangedNumbers {
    static let ranges: [String: ClosedRange<Double>] = [
        "schema": 1...1e6, "seed": 0...9_007_199_254_740_991, "equivalenceMargin": 0.001...1,
    ]
}

extension PrimaryPlan: RangedNumbers {
    static let ranges: [String: ClosedRange<Double>] = ["looks": 1...1_000]

    var rejection: (member: String, problem: String)? {
        if looks.isEmpty || !zip(looks, looks.dropFirst()).allSatisfy(<) {
            return ("looks", "must be ascending numbers of blocks")
        }
        let names = metrics.map(\.name)
        if names.isEmpty || Set(names).count < names.count { return ("metrics", "must name each metric once") }
        let cells = pairs.flatMap { [$0.cell, $0.against] }
        if cells.isEmpty || Set(cells).count < cells.count { return ("pairs", "must name each cell once") }
        return nil
    }
}

extension PrimaryPlan.Criterion: RangedNumbers {
    static let ranges: [String: ClosedRange<Double>] = ["margin": 0.001...10, "milliseconds": 0.001...60_000]
}

extension EnvironmentRecord: RangedNumbers {
    static let ranges: [String: ClosedRange<Double>] = ["schema": 1...1e6]
}

extension EnvironmentRecord.DescriptorLimit: RangedNumbers {
    /// "Unlimited" is the largest number.
    static let ranges: [String: ClosedRange<Double>] = ["soft": 0...0x1p63, "hard": 0...0x1p63]
}

extension LatencySummary: RangedNumbers {
    static let ranges: [String: ClosedRange<Double>] = [:]

    var rejection: (member: String, problem: String)? {
        count == histogram.count
            ? nil : ("count", "is \(count), and the histogram holds \(histogram.count) values")
    }
}

extension SessionLevels: RangedNumbers {
    static let ranges: [String: ClosedRange<Double>] = ["pace": 1...1e6]
}

extension FaultStep: RangedNumbers {
    // The fault limits its parameters. This version does not know the limits of faults that it does not have.
    static let ranges: [String: ClosedRange<Double>] = ["parameters": -1e15...1e15]
}

extension StormCurve: RangedNumbers {
    static let ranges: [String: ClosedRange<Double>] = ["binSeconds": 1e-6...1e6]
}

extension ReconnectionSummary.Harm: RangedNumbers {
    /// Memory may also shrink.
    static let ranges: [String: ClosedRange<Double>] = ["bytesPerSecondPerPeer": -1e15...1e15]
}

extension ReconnectionSummary.Harm.MemorySample: RangedNumbers {
    /// Before or after the fault.
    static let ranges: [String: ClosedRange<Double>] = ["seconds": -1e6...1e6]
}
