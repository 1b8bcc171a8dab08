import ExperimentModel
import LoadGeneration

/// The effect of a path on the sessions behind it. Pure.
struct PathFigures {
    private let result: SessionsResult
    private let connected: Int
    private let quietSince: Int64
    private let lateness: Double

    /// - Parameters:
    ///   - connected: the sessions that had their first state when the study stopped waiting for the others.
    ///   - quietSince: the time of the last publication.
    ///   - lateness: the seconds after which an update is late.
    init(_ result: SessionsResult, connected: Int, quietSince: Int64, lateness: Double) {
        self.result = result
        self.connected = connected
        self.quietSince = quietSince
        self.lateness = lateness
    }

    private var records: [SessionRecord] { result.records }

    func summary(settings: Int) -> PathSummary {
        let (verdict, outcome) = judgement
        return PathSummary(
            settings: settings, outcome: outcome, verdict: verdict,
            firstUpdate: SessionMetrics.summary(
                records.map { record in record.first.whole.flatMap { end in record.first.began.map { end - $0 } } }),
            updates: result.before, idleCutSeconds: idleCutSeconds, refusal: refusal,
            ledger: records.reduce(SessionLedgerSummary()) { $0 + $1.ledger })
    }

    private var judgement: (PathSummary.Verdict, String) {
        let outages = records.count { !$0.interruptions.isEmpty }
        if connected == 0 {
            if let refusal { return (.refused, "refused with status \(refusal)") }
            let opened = records.contains { $0.first.opened != nil }
            let failed = records.contains { !$0.failures.isEmpty }
            return opened || !failed
                ? (.heldBack, "held back: no state came\(opened ? "" : ", nor the response's head")")
                : (.refused, "no connection came about: \(result.explanations.first ?? "no cause was given")")
        }
        if let median = result.before.p50, Double(median) / 1e9 > lateness {
            let late = Self.seconds(Double(median) / 1e9)
            return (.heldBack, "held back: half of the updates came \(late) late or later")
        }
        if connected < records.count {
            return (.heldBack, "held back: \(records.count - connected) sessions had no state in time")
        }
        if let idleCutSeconds {
            return (.cut, "works, and cuts what is idle after \(Self.seconds(idleCutSeconds))")
        }
        if outages > 0 {
            return (.cut, "works, and cut \(outages) connections: \(result.explanations.first ?? "no cause was given")")
        }
        return (.works, "works")
    }

    /// From the last update to the first cut, where a cut came while nothing was published.
    private var idleCutSeconds: Double? {
        let cuts = records.compactMap { record in record.interruptions.first { $0.lost >= quietSince }?.lost }.sorted()
        guard !cuts.isEmpty else { return nil }
        return Double(cuts[cuts.count / 2] - quietSince) / 1e9
    }

    private var refusal: Int? {
        records.lazy.flatMap { $0.failures.map(\.cause) + [$0.stop.map { String($0.drop { !$0.isNumber }) } ?? ""] }
            .compactMap { Int($0) }.first { $0 >= 200 }
    }

    private static func seconds(_ value: Double) -> String { "\((value * 10).rounded() / 10) s" }
}
