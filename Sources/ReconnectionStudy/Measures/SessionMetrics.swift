package import ExperimentModel
package import LoadGeneration
import Measurement
import TransportCore

/// The times and counts of a trial's sessions, by phases. Pure.
package struct SessionMetrics {
    private let records: [SessionRecord]
    private let times: FaultRun.Times

    /// - Parameter records: those of the sessions that the fault hits.
    package init(_ records: [SessionRecord], _ times: FaultRun.Times) {
        self.records = records
        self.times = times
    }

    /// A session that lost its connection: from its first loss to its last return.
    private struct Outage {
        let first: SessionRecord.Interruption
        let last: SessionRecord.Interruption
        let record: SessionRecord

        init?(_ record: SessionRecord, since: Int64) {
            let interruptions = record.interruptions.filter { $0.lost >= since }
            guard let first = interruptions.first, let last = interruptions.last else { return nil }
            (self.first, self.last, self.record) = (first, last, record)
        }
    }

    private var outages: [Outage] { records.compactMap { Outage($0, since: times.began) } }

    package var interrupted: Int { outages.count }

    var ledger: SessionLedgerSummary { records.reduce(SessionLedgerSummary()) { $0 + $1.ledger } }

    var positionsLost: Int64 { records.reduce(0) { $0 + Int64($1.counters.positionsLost) } }
    var attempts: Int64 { records.reduce(0) { $0 + Int64($1.counters.attempts) - 1 } }

    // MARK: Phases

    package var phases: ReconnectionSummary.Phases {
        let outages = outages
        var phases = ReconnectionSummary.Phases()
        phases.detectClient = Self.summary(outages.map { $0.first.lost - times.began })
        phases.wait = Self.summary(outages.map { outage in outage.last.back.began.map { $0 - outage.first.lost } })
        phases.away = Self.summary(outages.map { outage in outage.last.back.opened.map { $0 - outage.first.lost } })
        phases.connect = Self.summary(outages.map { Self.between($0.last.back.began, $0.last.back.connected) })
        phases.authenticate = Self.summary(outages.map { Self.between($0.last.back.connected, $0.last.back.opened) })
        phases.replay = Self.summary(outages.map { Self.between($0.last.back.opened, $0.last.back.whole) })
        // Sessions that kept their connections count for catching up, too.
        let affected = outages.isEmpty ? records : outages.map(\.record)
        phases.caughtUp = Self.summary(affected.map { record in record.caughtUpAt.map { $0 - times.repaired } })
        phases.caughtUpRatio = ratio(outages)
        return phases
    }

    /// Nil values are censored. The result is nil without values.
    static func summary(_ values: [Int64?]) -> LatencySummary? {
        guard !values.isEmpty else { return nil }
        var histogram = LatencyHistogram()
        for value in values.lazy.compactMap({ $0 }) { histogram.record(nanoseconds: max(0, value)) }
        return LatencySummary(
            histogram: histogram.sparse, censored: Int64(values.count { $0 == nil }))
    }

    private static func between(_ start: Int64?, _ end: Int64?) -> Int64? {
        guard let start, let end else { return nil }
        return end - start
    }

    private func ratio(_ outages: [Outage]) -> ReconnectionSummary.Ratio? {
        let ratios = outages.compactMap { outage -> Double? in
            guard let caughtUp = outage.record.caughtUpAt, let floor = floor(outage), floor > 0 else { return nil }
            return Double(max(0, caughtUp - times.repaired)) / Double(floor)
        }.sorted()
        guard !ratios.isEmpty else { return nil }
        func quantile(_ fraction: Double) -> Double {
            ratios[min(ratios.count - 1, Int((fraction * Double(ratios.count)).rounded(.up)) - 1)]
        }
        return ReconnectionSummary.Ratio(
            count: ratios.count, p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99))
    }

    /// The remaining wait of the policy at the time of the repair, plus the duration of each phase before the fault.
    private func floor(_ outage: Outage) -> Int64? {
        let first = outage.record.first
        guard let connect = Self.between(first.began, first.connected),
            let authenticate = Self.between(first.connected, first.opened),
            let replay = Self.between(first.opened, first.whole)
        else { return nil }
        let next = outage.record.interruptions.lazy.flatMap(\.attempts).first { $0 >= times.repaired }
        return max(0, (next ?? times.repaired) - times.repaired) + connect + authenticate + replay
    }

    // MARK: What the clients saw

    /// Counted from the fault on.
    package var causes: [ReconnectionSummary.Cause] {
        var found: [String: ReconnectionSummary.Cause] = [:]
        func count(_ cause: String, _ path: WritableKeyPath<ReconnectionSummary.Cause, Int>) {
            found[cause, default: .init(cause: cause, ended: 0, failed: 0)][keyPath: path] += 1
        }
        for interruption in records.flatMap(\.interruptions) where interruption.lost >= times.began {
            count(interruption.cause, \.ended)
            for failure in interruption.failures { count(failure.cause, \.failed) }
        }
        return found.values.sorted { $0.cause < $1.cause }
    }

    /// - Parameter count: the number of nodes. With one node the result is nil.
    package func nodes(_ count: Int) -> ReconnectionSummary.Nodes? {
        guard count > 1 else { return nil }
        func sessions(_ node: (SessionRecord) -> Int?) -> [Int] {
            (0..<count).map { place in records.count { node($0) == place } }
        }
        let moved = records.filter { $0.nodes.first != $0.nodes.last }
        return ReconnectionSummary.Nodes(
            before: sessions(\.nodes.first), after: sessions(\.nodes.last), moved: moved.count,
            movedAndTold: moved.count { $0.counters.positionsLost > 0 })
    }

    // MARK: Stops

    /// The answers at which a client may have to stop, by cause.
    /// - Parameter isEventSource: whether the client stops at any status but 200, as a browser does.
    package func stops(isEventSource: Bool) -> [ReconnectionSummary.Stop] {
        var found: [String: ReconnectionSummary.Stop] = [:]
        for record in records {
            var causes: [String] = []
            for interruption in record.interruptions {
                causes += ([interruption.cause] + interruption.failures.map(\.cause)).filter(Self.isAnswer)
            }
            guard let last = causes.last else { continue }
            for cause in Set(causes) {
                var stop =
                    found[cause]
                    ?? ReconnectionSummary.Stop(
                        cause: cause, mustStop: Self.mustStop(cause, isEventSource), stopped: 0, cameBack: 0,
                        uselessRetries: 0)
                if record.stop != nil, cause == last { stop.stopped += 1 }
                if record.interruptions.last?.back.opened != nil { stop.cameBack += 1 }
                if cause == last { stop.uselessRetries += Int64(record.counters.uselessRetries) }
                found[cause] = stop
            }
        }
        return found.values.sorted { $0.cause < $1.cause }
    }

    /// Whether the cause is a status, or the code and name of a close reason.
    private static func isAnswer(_ cause: String) -> Bool { cause.first?.isNumber == true || cause == "not-a-stream" }

    private static func mustStop(_ cause: String, _ isEventSource: Bool) -> Bool {
        if cause == "not-a-stream" { return true }
        guard let status = Int(cause) else {
            let code = cause.split(separator: " ").first.flatMap { UInt16($0) }
            // A browser ignores close events, and reconnects after the end that follows.
            return !isEventSource && CloseReasons.areFinal(code)
        }
        return isEventSource || ![408, 425, 429].contains(status) && (status < 500 || status == 501 || status == 505)
    }
}

extension SessionLedgerSummary {
    static func + (a: Self, b: Self) -> Self {
        Self(
            expected: a.expected + b.expected, live: a.live + b.live, replayed: a.replayed + b.replayed,
            snapshot: a.snapshot + b.snapshot, refetched: a.refetched + b.refetched,
            duplicated: a.duplicated + b.duplicated, reordered: a.reordered + b.reordered,
            declaredLost: a.declaredLost + b.declaredLost, silentlyLost: a.silentlyLost + b.silentlyLost,
            undelivered: a.undelivered + b.undelivered)
    }
}
