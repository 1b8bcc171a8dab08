internal import ExperimentModel

/// Two sentences for each transport and strategy, derived from their figures alone.
struct SessionReading {
    var title: String
    var sentences: [String]

    static func all(_ analysis: SessionsAnalysis) -> [SessionReading] {
        recoveries(analysis) + storms(analysis) + drains(analysis) + paths(analysis)
    }

    // MARK: Reconnection

    private static func recoveries(_ analysis: SessionsAnalysis) -> [SessionReading] {
        struct Strategy: Hashable {
            var transport: String
            var recovery: String
        }
        func strategy(_ result: RecoveryResult) -> Strategy {
            Strategy(
                transport: analysis.naming.transport(result.cell),
                recovery: result.cell.session?.recovery ?? "the strategy")
        }
        return unique(analysis.recoveries.map(strategy)).map { one in
            let results = analysis.recoveries.filter { strategy($0) == one }
            return SessionReading(
                title: "\(one.transport), \(one.recovery)",
                sentences: ["Over \(one.transport), \(one.recovery) \(ledger(results)).", caughtUp(results, analysis)])
        }
    }

    private static func ledger(_ results: [RecoveryResult]) -> String {
        let ledger = SessionLedgerSummary.total(results.map(\.ledger))
        guard ledger.expected > 0 else { return "was owed no update in this run" }
        let faults = Decimals.count(Set(results.map(\.cell.session?.fault)).count, "fault")
        var text = "was owed \(Decimals.count(ledger.expected, "update")) under \(faults)"
        text += ledger.ways.isEmpty ? " and saw none of them" : " and saw \(Prose.list(ledger.ways))"
        func counted(_ count: Int64, _ one: String, _ many: String) -> String? {
            count > 0 ? "\(Decimals.integer(count)) \(count == 1 ? one : many)" : nil
        }
        let wrong = [
            counted(ledger.silentlyLost, "was lost in silence", "were lost in silence"),
            counted(ledger.declaredLost, "was declared lost", "were declared lost"),
            counted(ledger.duplicated, "came twice", "came twice"),
            counted(ledger.reordered, "came out of order", "came out of order"),
        ].compactMap { $0 }
        let late = counted(
            ledger.undelivered, "had not come when its trial ended", "had not come when their trials ended")
        text +=
            "; "
            + Prose.list(
                (wrong.isEmpty ? ["none was lost, duplicated or reordered"] : wrong) + [late].compactMap { $0 })
        return text
    }

    private static func caughtUp(_ results: [RecoveryResult], _ analysis: SessionsAnalysis) -> String {
        let times = results.compactMap { result in result.phases[.caughtUp].map { (result, $0.p50.value) } }
        let reached = times.filter { $0.1.isFinite }
        guard !times.isEmpty else { return "This run does not tell how long it took to catch up." }
        guard let fastest = reached.min(by: { $0.1 < $1.1 }), let slowest = reached.max(by: { $0.1 < $1.1 }) else {
            return "In no cell had half of the sessions caught up when the trial ended."
        }
        let ends = [fastest, slowest].map { Unit.nanoseconds.text($0.1) }
        func fault(_ result: RecoveryResult) -> String {
            let label = analysis.naming.label(result.cell, of: [.client, .durability, .fault])
            return label.isEmpty ? "no fault" : label
        }
        var text = "The median session had caught up "
        if ends[0] == ends[1] {
            text += "\(ends[0]) after the repair"
        } else {
            text += "\(ends[0]) (\(fault(fastest.0))) to \(ends[1]) (\(fault(slowest.0))) after the repair"
        }
        let longest = results.compactMap(\.longest)
        let parts = SessionPhase.stacked.compactMap { phase -> String? in
            let count = longest.count { $0 == phase }
            return count > 0 ? "\(phase.activity) in \(Decimals.integer(count))" : nil
        }
        if parts.count == 1, let phase = longest.first {
            text += "; what took longest was \(phase.activity)" + (longest.count > 1 ? " in every cell" : "")
        } else if !parts.isEmpty {
            text += "; what took longest was \(Prose.list(parts)) of \(Decimals.count(longest.count, "cell"))"
        }
        if reached.count < times.count {
            text += "; in \(Decimals.count(times.count - reached.count, "cell")) half of the sessions or more never did"
        }
        return text + "."
    }

    // MARK: Storms

    /// Reads the largest storm of each transport and policy.
    private static func storms(_ analysis: SessionsAnalysis) -> [SessionReading] {
        func title(_ storm: StormResult) -> String {
            "\(analysis.naming.transport(storm.cell)), \(analysis.naming.policy(storm.cell))"
        }
        return unique(analysis.storms.map(title)).compactMap { name in
            let storms = analysis.storms.filter { title($0) == name }
            return storms.max { $0.sessions < $1.sessions }.map {
                SessionReading(title: name, sentences: [way($0, analysis), cost($0)])
            }
        }
    }

    private static func way(_ storm: StormResult, _ analysis: SessionsAnalysis) -> String {
        let sessions = Decimals.count(storm.sessions, "session")
        let who = "Over \(analysis.naming.transport(storm.cell)), \(analysis.naming.policy(storm.cell))"
        guard let time = storm.measured.until99, time.value.isFinite else {
            return "\(who) did not bring 99 % of \(sessions) back before the trial ended."
        }
        var text = "\(who) brought 99 % of \(sessions) back in \(time.text(.nanoseconds))"
        if let over = storm.overBound, over.value.isFinite, let rate = storm.acceptRate {
            let limit = storm.cell.session?.pace.flatMap { $0 < rate.value ? $0 : nil }
            text +=
                ", \(Decimals.fixed(over.value, places: 2)) times what the \(limit == nil ? "accept rate" : "server's limit") of "
                + "\(Decimals.rounded(limit ?? rate.value)) a second allows"
        }
        if let model = storm.model?.until99, let error = storm.timeError, model.value.isFinite {
            text += "; the model says \(Unit.nanoseconds.text(model.value)) (\(Decimals.change(error.value)))"
        }
        return text + "."
    }

    private static func cost(_ storm: StormResult) -> String {
        var parts: [String] = []
        if let peak = storm.measured.peak, let refused = storm.measured.refused {
            let count = Int64(refused.value.rounded())
            parts.append(
                "it made up to \(Decimals.rounded(peak.value)) attempts a second, and "
                    + (count == 0
                        ? "none was refused"
                        : "\(Decimals.count(count, "attempt was", "attempts were")) refused in all"))
        }
        if let before = storm.bystandersBefore?.p99.value, let during = storm.bystandersDuring?.p99.value {
            parts.append(
                "the p99 of sessions that were not cut went from \(Unit.nanoseconds.text(before)) to "
                    + Unit.nanoseconds.text(during))
        }
        if let many = storm.extrapolation, let time = many.until99 {
            let count = Decimals.count(many.sessions, "session")
            parts.append(
                time.value.isFinite
                    ? "\(count) would take \(Unit.nanoseconds.text(time.value)) in the simulation"
                    : "\(count) would not be back in the time simulated")
        }
        return Self.sentence(parts) ?? "What it cost was not measured."
    }

    // MARK: Drains

    private static func drains(_ analysis: SessionsAnalysis) -> [SessionReading] {
        unique(analysis.drains.map { analysis.naming.transport($0.cell) }).map { transport in
            let drains = analysis.drains.filter { analysis.naming.transport($0.cell) == transport }
            let exits = drains.map(\.longestExit)
            let sessions = drains.reduce(0) { $0 + $1.sessions }
            let clean = drains.reduce(0) { $0 + $1.cleanReasons }
            let told =
                clean == sessions
                ? "told each of \(Decimals.count(sessions, "session")) why"
                : "told \(Decimals.integer(clean)) of \(Decimals.count(sessions, "session")) why"
            let within = drains.allSatisfy(\.isWithinBound) ? "within its bound" : "not always within its bound"
            let factors: Set<Factor> = [.client, .pace, .load]
            let spreads = drains.compactMap { drain in
                drain.spread.map { spread in
                    let label = analysis.naming.label(
                        drain.cell, leavingOut: Set(Factor.all).subtracting(factors), orElse: "no pace")
                    return (spread.isFinite ? Unit.nanoseconds.text(spread) : "more than the trial's length")
                        + " (\(label))"
                }
            }
            return SessionReading(
                title: transport,
                sentences: [
                    "Over \(transport), the server ended \(Prose.range(exits, .nanoseconds)) after SIGTERM, \(within), and \(told).",
                    spreads.isEmpty
                        ? "This run does not tell when the sessions came back."
                        : "The first attempts to come back were spread, from the 5th to the 95th percentile, over \(Prose.list(unique(spreads))).",
                ])
        }
    }

    // MARK: Proxies

    private static func paths(_ analysis: SessionsAnalysis) -> [SessionReading] {
        func title(_ path: PathResult) -> String { analysis.naming.clientLabel(path.cell) }
        return unique(analysis.paths.map(title)).map { name in
            let paths = analysis.paths.filter { title($0) == name }
            return SessionReading(title: name, sentences: ["\(name) \(verdicts(paths)).", needs(paths)])
        }
    }

    private static func verdicts(_ paths: [PathResult]) -> String {
        func names(_ verdict: PathSummary.Verdict) -> [String] {
            paths.filter { $0.verdict == verdict }.map { $0.cell.session?.path ?? "direct" }
        }
        let works = names(.works)
        var parts = ["works through \(Decimals.integer(works.count)) of \(Decimals.count(paths.count, "path"))"]
        for (verdict, words) in [
            (PathSummary.Verdict.cut, "is cut when idle by"), (.heldBack, "is held back by"),
            (.refused, "is refused by"),
        ] where !names(verdict).isEmpty {
            parts.append("\(words) \(Prose.list(names(verdict)))")
        }
        return Prose.list(parts)
    }

    private static func needs(_ paths: [PathResult]) -> String {
        let works = paths.filter { $0.verdict == .works }
        let firsts = works.compactMap { $0.firstUpdate?.p50.value }
        let settings = works.map(\.settings)
        guard let few = settings.min(), let many = settings.max() else {
            return "There is no path through which it works."
        }
        let count = few == many ? Decimals.count(few, "setting") : "\(few) to \(Decimals.count(many, "setting"))"
        return "Where it works it takes \(count)"
            + (firsts.isEmpty ? "." : ", and the first update came after \(Prose.range(firsts, .nanoseconds)).")
    }

    private static func sentence(_ parts: [String]) -> String? {
        let text = parts.joined(separator: "; ")
        return text.first.map { $0.uppercased() + text.dropFirst() + "." }
    }
}
