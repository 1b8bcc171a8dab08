package import ExperimentModel
package import LoadGeneration

/// A storm over time, from the times that its sessions noted. Pure.
package struct StormMetrics {
    package static let binSeconds = 0.1

    private let records: [SessionRecord]
    private let cutAt: Int64

    package init(_ records: [SessionRecord], cutAt: Int64) {
        self.records = records
        self.cutAt = cutAt
    }

    package var curve: StormCurve {
        var (attempts, refused, back): ([Int64], [Int64], [Int64]) = ([], [], [])
        for record in records {
            let interruptions = record.interruptions.filter { $0.lost >= cutAt }
            attempts += interruptions.flatMap(\.attempts)
            refused += interruptions.flatMap { $0.failures.map(\.at) }
            if let opened = interruptions.last?.back.opened { back.append(opened) }
        }
        back.sort()
        func until(_ share: Double) -> Double? {
            let needed = max(1, Int((Double(records.count) * share).rounded(.up)))
            return back.count >= needed ? Double(back[needed - 1] - cutAt) / 1e9 : nil
        }
        let bins = 1 + ((attempts + refused + back).map { bin(of: $0) }.max() ?? 0)
        return StormCurve(
            sessions: records.count, binSeconds: Self.binSeconds, attempts: counts(attempts, bins),
            refused: counts(refused, bins), back: counts(back, bins), secondsUntil50: until(0.5),
            secondsUntil90: until(0.9), secondsUntil99: until(0.99), secondsUntilAll: until(1),
            stopped: records.count { $0.stop != nil })
    }

    private func bin(of time: Int64) -> Int { Int(Double(max(0, time - cutAt)) / 1e9 / Self.binSeconds) }

    private func counts(_ times: [Int64], _ bins: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: bins)
        for time in times { counts[bin(of: time)] += 1 }
        return counts
    }
}
