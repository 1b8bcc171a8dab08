package import ExperimentModel
import Measurement

extension PopulationState {
    /// The figures of the window after the drain.
    package struct Summary {
        package var latency: Observation.Latency
        package var timeToFirstEvent: LatencySummary
        package var staleness: StalenessSummary?
        package var fanOutSkew: LatencySummary?
        package var ledger: LedgerSummary
        /// Updates that were due within the window.
        package var updates: Int64
        /// Updates of the window that the server refused. They are not owed.
        package var refusedUpdates: Int64
        /// Updates of the window that were never written, or that no answer confirmed. They are owed.
        package var unconfirmedUpdates: Int64
        /// The 99th percentile of the publisher's lateness, in nanoseconds; nil if another process published, or nobody
        /// did.
        package var latenessP99: Int64?
        package var negativeLatencies: Int64
    }

    /// Whether every update of the window, or a later one, has reached every subscriber.
    package var isDrained: Bool {
        guard let window, numbering != .unnumbered else { return false }
        if numbering == .learnedSequence || numbering == .learnedOffset {
            // The last update that others published is known only once a later one arrives.
            let isPast = logs.allSatisfy { log in
                log.entries.last.map { $0.intended - wallOffset >= window.upperBound } ?? true
            }
            guard isPast else { return false }
        }
        // By order: the number after the last update that is owed.
        let ends = logs.map { log in
            let last = log.entries.lastIndex {
                $0.failure != .refused && $0.intended - wallOffset < window.upperBound
            }
            return last.map { $0 + 1 } ?? 0
        }
        return (0..<readers).allSatisfy { subscriber in
            views[subscriber].ledger.next >= ends[order(of: subscriber)]
        }
    }

    /// Computes the figures. It may be called only once.
    ///
    /// - Parameter end: the time of the call. An update that is not written by then is at least that late.
    package mutating func summary(end: Int64) -> Summary {
        let due = logs.map(numbersInWindow)
        let owed = zip(logs, due).map { log, numbers in numbers.filter { log.entries[$0].failure != .refused } }
        var ledger = ledger
        for subscriber in 0..<readers {
            let order = order(of: subscriber)
            let next = views[subscriber].ledger.next
            ledger.expected += Int64(owed[order].count)
            ledger.undelivered += Int64(owed[order].count - Self.place(of: next, in: owed[order]))
            if let window { ramp(subscriber, oldest: next, until: window.upperBound) }
        }
        let skew = skew(owed)
        let updates = due.reduce(unnumberedUpdates) { $0 + Int64($1.count) }
        let owedUpdates = owed.reduce(unnumberedUpdates) { $0 + Int64($1.count) }
        let unconfirmed = zip(logs, owed).reduce(0) { sum, order in
            sum + order.1.count { order.0.entries[$0].failure == .unknown || order.0.entries[$0].published == nil }
        }
        let censored = ledger.lost + ledger.undelivered
        let ownTimes = logs.contains { $0.entries.contains { $0.published != nil } }
        return Summary(
            latency: Observation.Latency(
                corrected: LatencySummary(histogram: corrected.sparse, censored: censored),
                // If another process published, the actual time of publication is unknown.
                uncorrected: LatencySummary(histogram: uncorrected.sparse, censored: ownTimes ? censored : 0)),
            timeToFirstEvent: LatencySummary(
                histogram: timeToFirstEvent.sparse, censored: Int64(views.count { !$0.hasFirstEvent })),
            // An order without updates is never stale, which would say nothing.
            staleness: owedUpdates == 0 || numbering == .unnumbered
                ? nil : window.flatMap { staleness.summary(viewNanoseconds: Double($0.count) * Double(readers)) },
            fanOutSkew: skew.count > 0 ? LatencySummary(histogram: skew.sparse) : nil,
            ledger: ledger, updates: updates, refusedUpdates: updates - owedUpdates,
            unconfirmedUpdates: Int64(unconfirmed), latenessP99: ownTimes ? latenessP99(due, end: end) : nil,
            negativeLatencies: corrected.negativeCount)
    }

    /// The numbers of the updates that were due within the window, ascending. Between two of them another process's
    /// clock may have run back.
    private func numbersInWindow(_ log: PublicationLog) -> [Int] {
        guard let window else { return [] }
        return log.entries.indices.filter { window.contains(log.entries[$0].intended - wallOffset) }
    }

    /// How many of the ascending numbers are less than `number`.
    private static func place(of number: Int, in numbers: [Int]) -> Int {
        var (low, high) = (0, numbers.count)
        while low < high {
            let middle = low + (high - low) / 2
            if numbers[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func latenessP99(_ published: [[Int]], end: Int64) -> Int64? {
        var lateness = LatencyHistogram()
        for (order, log) in logs.enumerated() {
            for number in published[order] {
                let entry = log.entries[number]
                lateness.record(nanoseconds: (entry.published ?? end) - (entry.intended - wallOffset))
            }
        }
        return lateness.quantile(0.99)
    }

    private func skew(_ published: [[Int]]) -> LatencyHistogram {
        var skew = LatencyHistogram()
        for (order, log) in logs.enumerated() {
            let subscribers = (readers - order + orders - 1) / orders
            guard subscribers >= 2 else { continue }
            for entry in published[order].lazy.map({ log.entries[$0] }) where entry.deliveries == Int32(subscribers) {
                skew.record(nanoseconds: entry.lastDelivery - entry.firstDelivery)
            }
        }
        return skew
    }
}
