/// Counts what happens in a storm, and when. Times are nanoseconds since the cut.
struct StormRecorder {
    private(set) var curve = SimulatedStorm.Curve()
    private(set) var attempts = 0
    private(set) var refused = 0
    private(set) var back = 0
    private(set) var lastBack: Int64 = 0
    var timedOut = 0
    var unanswered = 0
    var wasted = 0
    var stopped = 0

    mutating func attempt(_ time: Int64) {
        attempts += 1
        Self.count(time, &curve.attempts)
    }

    mutating func accept(_ time: Int64) { Self.count(time, &curve.accepted) }

    mutating func refuse(_ time: Int64) {
        refused += 1
        Self.count(time, &curve.refused)
    }

    mutating func back(_ time: Int64) {
        back += 1
        lastBack = max(lastBack, time)
        Self.count(time, &curve.back)
    }

    private static func count(_ time: Int64, _ bins: inout [Int]) {
        let bin = Int(time / (1_000_000_000 / Int64(SimulatedStorm.Curve.binsPerSecond)))
        while bins.count <= bin { bins.append(0) }
        bins[bin] += 1
    }

    func result(_ parameters: StormParameters) -> SimulatedStorm {
        var curve = curve
        let bins = max(curve.attempts.count, curve.accepted.count, curve.refused.count, curve.back.count)
        for path in [\SimulatedStorm.Curve.attempts, \.accepted, \.refused, \.back] {
            curve[keyPath: path] += Array(repeating: 0, count: bins - curve[keyPath: path].count)
        }
        let sessions = Double(parameters.sessions)
        // The limit lets a second's worth pass at once.
        let paced = parameters.rateLimit.map { max(0, sessions - $0) / $0 } ?? 0
        return SimulatedStorm(
            parameters: parameters, curve: curve, attempts: attempts, peakConnectsPerSecond: Self.peak(curve.attempts),
            refusedAttempts: refused, timedOutAttempts: timedOut, unansweredConnects: unanswered, wastedAccepts: wasted,
            back: back, stopped: stopped, secondsUntil50: time(of: 0.5, parameters.sessions),
            secondsUntil90: time(of: 0.9, parameters.sessions), secondsUntil99: time(of: 0.99, parameters.sessions),
            secondsUntilAll: back == parameters.sessions ? Double(lastBack) / 1e9 : nil,
            floorSeconds: parameters.outageSeconds + max(sessions / parameters.acceptRate, paced))
    }

    /// When a share of the sessions was back: the end of its bin, or the time of the last of them.
    private func time(of share: Double, _ sessions: Int) -> Double? {
        let wanted = Int((Double(sessions) * share).rounded(.up))
        var sum = 0
        for (bin, count) in curve.back.enumerated() {
            sum += count
            guard sum >= wanted else { continue }
            return min(Double(bin + 1) / Double(SimulatedStorm.Curve.binsPerSecond), Double(lastBack) / 1e9)
        }
        return nil
    }

    private static func peak(_ bins: [Int]) -> Int {
        var (sum, peak) = (0, 0)
        for index in bins.indices {
            sum += bins[index]
            if index >= SimulatedStorm.Curve.binsPerSecond { sum -= bins[index - SimulatedStorm.Curve.binsPerSecond] }
            peak = max(peak, sum)
        }
        return peak
    }
}
