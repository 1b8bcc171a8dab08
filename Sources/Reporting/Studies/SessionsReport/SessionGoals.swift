internal import ExperimentModel

/// The goals of the studies of sessions.
struct SessionGoals {
    let analysis: SessionsAnalysis
    let vocabulary: Vocabulary

    static let sessions = 10_000
    static let timesFloor = 1.2
    static let timesBound = 2.0

    /// The goals of the run's studies.
    var all: [Goal] {
        analysis.studies.flatMap { study -> [Goal] in
            switch study {
            case .reconnection: [silence(analysis.recoveries.map { ($0.cell, $0.ledger) }), replay, floor]
            case .storm:
                [storm, silence(analysis.storms.compactMap { storm in storm.ledger.map { (storm.cell, $0) } })]
            case .drain: [drain]
            case .proxies, .delivery, .auth, .capacity: []
            }
        }
    }

    // MARK: Ledger

    /// Every strategy must meet this goal.
    private func silence(_ ledgers: [(cell: Cell, ledger: SessionLedgerSummary)]) -> Goal {
        let lost = ledgers.filter { $0.ledger.silentlyLost > 0 }
        let total = SessionLedgerSummary.total(ledgers.map(\.ledger))
        var found = "–"
        if total.expected > 0 {
            found =
                "\(Decimals.integer(total.silentlyLost)) of \(Decimals.count(total.expected, "update")) in "
                + Decimals.count(ledgers.count, "cell")
            if let worst = lost.max(by: { $0.ledger.silentlyLost < $1.ledger.silentlyLost }) {
                found += "; most with \(analysis.naming.label(worst.cell))"
            }
        }
        return Goal(
            name: "Nothing is lost in silence", goal: "none, with any strategy", found: found,
            outcome: !lost.isEmpty ? .missed : total.expected > 0 ? .met : .notMeasured)
    }

    private static let replays: Set<String> = ["replay", "replay-or-snapshot"]

    private var replay: Goal {
        func isReplay(_ cell: Cell) -> Bool { cell.session?.recovery.map(Self.replays.contains) ?? false }
        let cells = analysis.recoveries.filter { isReplay($0.cell) }
        let total = SessionLedgerSummary.total(cells.map(\.ledger))
        let needless = cells.reduce(0) { $0 + $1.lostWithoutNeed }
        let names = unique(cells.map { Factor.name(ofTransport: $0.cell.transport) })
        // A client that polls at an interval gets the current state, and has nothing to replay.
        let expected = vocabulary.transports.filter {
            $0 != "in-process" && !vocabulary.intervalTransports.contains($0)
        }
        .map { Factor.name(ofTransport: $0) }
        let missing = expected.filter { !names.contains($0) }
        let unmeasured = analysis.exclusions.unmeasured.count { isReplay($0.cell) }
        var found = "–"
        if total.expected > 0 {
            let faults = Decimals.count(Set(cells.map(\.cell.session?.fault?.name)).count, "fault")
            found =
                "\(Decimals.integer(total.silentlyLost + needless)) lost, \(Decimals.integer(total.duplicated)) duplicated and "
                + "\(Decimals.integer(total.reordered)) reordered of \(Decimals.count(total.expected, "update")), over "
                + "\(Prose.list(names)) under \(faults)"
            let worst = cells.max { $0.ledger.faults + $0.lostWithoutNeed < $1.ledger.faults + $1.lostWithoutNeed }
            if let worst, worst.ledger.faults + worst.lostWithoutNeed > 0 {
                found += "; most with \(analysis.naming.label(worst.cell))"
            }
            let excused = total.declaredLost - needless
            if excused > 0 {
                found +=
                    "; \(Decimals.count(excused, "more was", "more were")) declared lost where a server ended that had not kept them"
                    + (cells.contains { ($0.nodes?.moved ?? 0) > 0 } ? ", or a session came to another node" : "")
            }
            if !missing.isEmpty { found += "; not over \(Prose.list(missing))" }
            if unmeasured > 0 { found += "; \(Decimals.count(unmeasured, "cell")) could not be measured" }
        }
        let isClean = total.faults + needless == 0
        return Goal(
            name: "Replay is whole",
            goal: "nothing lost, duplicated or reordered, under every fault on every transport that streams",
            found: found,
            outcome: !isClean
                ? .missed : total.expected > 0 && missing.isEmpty && unmeasured == 0 ? .met : .notMeasured)
    }

    // MARK: Times

    /// Judged by the median session: some sessions wait almost no time, and their floor of a millisecond is multiplied
    /// by any small delay.
    private var floor: Goal {
        let ratios = analysis.recoveries.compactMap { one in one.ratio.map { (one.cell, $0) } }
        let goal =
            "the median session of each cell at most \(Decimals.plain(Self.timesFloor)) times what its phases take at least"
        guard let worst = ratios.max(by: { $0.1.worstMedian < $1.1.worstMedian }) else {
            return Goal(name: "Caught up", goal: goal, found: "–", outcome: .notMeasured)
        }
        let within = ratios.count { $0.1.worstMedian <= Self.timesFloor }
        let last = ratios.map(\.1.worstP99)
        let range = [last.min() ?? 1, last.max() ?? 1].map { "× \(Decimals.fixed($0, places: 2))" }
        return Goal(
            name: "Caught up", goal: goal,
            found: "× \(Decimals.fixed(worst.1.worstMedian, places: 2)) in the worst cell, "
                + "\(analysis.naming.label(worst.0)); \(Decimals.integer(within)) of "
                + "\(Decimals.count(ratios.count, "cell")) within it; 99th percentiles "
                + (range[0] == range[1] ? range[0] : range.joined(separator: " to ")),
            outcome: worst.1.worstMedian <= Self.timesFloor ? .met : .missed)
    }

    // MARK: Storms and drains

    /// Judged by the best policy of each transport. The experiment has the others to show what they cost.
    private var storm: Goal {
        let goal =
            "99 % of \(Decimals.integer(Self.sessions)) sessions within \(Decimals.plain(Self.timesBound)) times what the "
            + "accept rate allows, on every transport with its best policy"
        let most = analysis.storms.map(\.sessions).max() ?? 0
        let large = analysis.storms.filter { $0.sessions >= min(Self.sessions, most) && $0.overBound != nil }
        guard !large.isEmpty else { return Goal(name: "Storms", goal: goal, found: "–", outcome: .notMeasured) }
        func times(_ storm: StormResult) -> Double { storm.overBound?.value ?? .infinity }
        func text(_ storm: StormResult) -> String {
            let times = times(storm)
            let size = storm.sessions == most ? "" : ", \(Decimals.integer(storm.sessions)) sessions"
            return (times.isFinite ? "× \(Decimals.fixed(times, places: 2))" : "never")
                + " (\(analysis.naming.policy(storm.cell))\(size))"
        }
        var best: [Double] = []
        let parts = unique(large.map { analysis.naming.transport($0.cell) }).map { transport in
            let here = large.filter { analysis.naming.transport($0.cell) == transport }
                .sorted { times($0) < times($1) }
            best.append(times(here[0]))
            return "\(transport) \(text(here[0]))" + (here.count > 1 ? " to \(text(here[here.count - 1]))" : "")
        }
        let isMissed = best.contains { $0 > Self.timesBound }
        return Goal(
            name: "Storms", goal: goal,
            found: parts.joined(separator: "; ") + ", at \(Decimals.count(most, "session"))",
            outcome: most < Self.sessions ? .notMeasured : isMissed ? .missed : .met)
    }

    private var drain: Goal {
        let drains = analysis.drains
        let late = drains.filter { !$0.isWithinBound }
        var found = "–"
        if let worst = drains.max(by: { $0.longestExit / $0.bound < $1.longestExit / $1.bound }) {
            found =
                "at most \(Unit.nanoseconds.text(worst.longestExit)) of \(Unit.nanoseconds.text(worst.bound)), with "
                + "\(analysis.naming.label(worst.cell))"
            if !late.isEmpty { found += "; too late in \(Decimals.count(late.count, "cell"))" }
        }
        return Goal(
            name: "A drain ends", goal: "the server ends within its bound, whatever streams are open", found: found,
            outcome: drains.isEmpty ? .notMeasured : late.isEmpty ? .met : .missed)
    }
}
