internal import ExperimentModel
internal import Measurement

/// The findings in a few plain sentences, derived from the analysis alone.
struct Narrative {
    private let analysis: Analysis

    init(_ analysis: Analysis) { self.analysis = analysis }

    /// The answer in one line.
    var headline: String {
        guard analysis.cells.contains(where: { $0.outcome == .measured }) else {
            return analysis.hasMeasuredFloor
                ? "So far the floor alone was measured" : "No cell of this run gave a figure"
        }
        if let primary = PrimaryReading(analysis) { return primary.headline }
        guard let tally = headToHead else {
            let measured = analysis.cells.filter { $0.outcome == .measured }
            let subjects = unique(measured.map(\.subject.name))
            return subjects.count == 1
                ? "\(subjects[0]) was measured, and there is nothing to compare it with"
                : "\(Prose.list(subjects)) were measured, and none could be compared"
        }
        let first = tally.subject.name == tally.reference.name ? tally.subject.label : tally.subject.name
        let second = tally.subject.name == tally.reference.name ? tally.reference.label : tally.reference.name
        switch tally.unanimous {
        case .lower: return "\(first) delivers sooner than \(second)"
        case .higher: return "\(second) delivers sooner than \(first)"
        case .equivalent: return "\(second) and \(first) deliver equally fast"
        case .notEnoughData: return "This data does not separate \(second) from \(first)"
        case nil:
            if tally.count(.lower) > 0, tally.count(.higher) > 0 {
                return "Whether \(second) or \(first) delivers sooner depends on the condition"
            }
            let all = tally.contrasts.count
            if tally.count(.lower) > 0 {
                return "\(first) delivers sooner than \(second) in \(tally.count(.lower)) of \(all) conditions"
            }
            if tally.count(.higher) > 0 {
                return "\(second) delivers sooner than \(first) in \(tally.count(.higher)) of \(all) conditions"
            }
            return "No difference between \(second) and \(first) was found"
        }
    }

    /// Two or three sentences under the headline.
    var sentences: [String] {
        guard analysis.cells.contains(where: { $0.outcome == .measured }) else {
            guard !analysis.hasMeasuredFloor else { return [] }
            return [
                "All trials were invalid, failed or skipped; the reasons stand below, and no figure of theirs is shown."
            ]
        }
        guard let primary = PrimaryReading(analysis) else {
            return [headToHead?.sentence, pollingSentence, costSentence, driftSentence].compactMap { $0 }
        }
        return primary.sentences + [pollingSentence, driftSentence].compactMap { $0 }
    }

    /// Warnings that a reader must see first, normally none.
    var notices: [String] { [completenessSentence, changedSourcesSentence].compactMap { $0 } }

    /// What a reader must know before believing the sentences.
    var trust: String {
        [ledgerSentence, exclusionSentence, noiseSentence].compactMap { $0 }.joined(separator: " ")
    }

    // MARK: - Sentences

    /// The comparison that readers ask about most, among the subjects that push: SSE and WebSocket if both were
    /// measured.
    var headToHead: VerdictCount? {
        let push = analysis.subjects.filter(\.isPush)
        let families = unique(push.map(\.transport))
        let leaders = families.compactMap { family in push.first { $0.transport == family } }
        let candidates = leaders.count > 1 ? leaders : push
        for (place, reference) in candidates.enumerated() {
            for subject in candidates[(place + 1)...] {
                if let tally = VerdictCount(subject, against: reference, .latencyP99, in: analysis) { return tally }
            }
        }
        return nil
    }

    /// Staleness is the fair figure, because a poll that finds nothing new is not late.
    private var pollingSentence: String? {
        let polls = analysis.subjects.filter { !$0.isPush }
        guard let slowest = polls.first, let push = headToHead?.reference ?? analysis.subjects.first(where: \.isPush)
        else { return nil }
        func staleness(_ subject: Subject) -> [Double] {
            analysis.groups.compactMap { $0.cell(subject)?.figure(.stalenessMean)?.value }.filter(\.isFinite)
        }
        let polled = staleness(slowest)
        let pushed = staleness(push)
        guard !polled.isEmpty, !pushed.isEmpty else { return nil }
        return "\(slowest.label), leaves the client's view \(Prose.range(polled, .nanoseconds)) old on average, "
            + "against \(Prose.range(pushed, .nanoseconds)) with \(push.label)."
    }

    private var costSentence: String? {
        guard let pair = headToHead,
            let tally = VerdictCount(pair.subject, against: pair.reference, .cpuPerUpdate, in: analysis)
        else { return nil }
        return tally.sentence
    }

    /// What changed over long windows. Shorter windows cannot tell what an hour would bring.
    private var driftSentence: String? {
        let cells = analysis.driftingCells
        let changes = cells.compactMap { label, cell, drift -> String? in
            guard let ends = drift.ends({ $0.serverRssBytes.map(Double.init) }) else { return nil }
            var text = "from \(Unit.bytes.text(ends.first)) to \(Unit.bytes.text(ends.last)) with \(cell.subject.label)"
            if analysis.groups.count > 1 { text += " (\(label))" }
            if let slope = drift.memory, drift.seconds >= 600 {
                text += " (\(slope.value < 0 ? "" : "+")\(Unit.bytes.text(slope.value)) an hour)"
            }
            return text
        }
        guard !changes.isEmpty else { return nil }
        let longest = cells.map(\.drift.seconds).max() ?? 0
        return "In windows of \(WindowTime(longest: longest).text(longest)) the server's resident memory went "
            + "\(Prose.list(changes))."
    }

    /// Warns of a run from modified sources, because nobody else can build them.
    private var changedSourcesSentence: String? {
        guard let environment = analysis.environment, environment.gitDirty == true else { return nil }
        let revision = environment.gitRevision.map { "revision \($0.prefix(12))" } ?? "its revision"
        return "The sources of Tandem differed from \(revision) when this run began: what was measured cannot be built "
            + "again from that revision alone."
    }

    var completenessSentence: String? {
        let completeness = analysis.completeness
        guard completeness.isPartial else { return nil }
        var text = "This run is not complete: "
        if let planned = completeness.planned {
            let verb = completeness.recorded == 1 ? "is" : "are"
            text += "\(Decimals.integer(completeness.recorded)) of \(Decimals.count(planned, "trial")) \(verb) recorded"
        } else if completeness.missing > 0 {
            text += "at least \(Decimals.count(completeness.missing, "trial is", "trials are")) missing"
        } else {
            text += "its last line was cut off"
        }
        if let torn = completeness.tornLine, completeness.planned != nil || completeness.missing > 0 {
            text += ", and \(torn)"
        }
        return text + "."
    }

    var ledgerSentence: String? {
        guard let ledger = analysis.ledger, ledger.expected > 0 else { return nil }
        let due = Decimals.count(ledger.expected, "delivery that was due", "deliveries that were due")
        var text = "Of \(due) "
        if ledger.isClean {
            text += "none was lost in silence, duplicated or reordered"
        } else {
            text +=
                "\(Decimals.integer(ledger.lost)) were lost in silence, "
                + "\(Decimals.integer(ledger.duplicated)) duplicated and \(Decimals.integer(ledger.reordered)) reordered"
        }
        if ledger.coalesced > 0 {
            text +=
                "; \(Decimals.integer(ledger.delivered)) arrived, and \(Decimals.integer(ledger.coalesced)) within later states"
        }
        if ledger.undelivered > 0 {
            text += "; \(Decimals.integer(ledger.undelivered)) had not arrived when their trial ended and count as late"
        }
        return text + "."
    }

    var exclusionSentence: String? {
        let compared = analysis.cells.reduce(into: [CellResult.Outcome: Int]()) { $0[$1.outcome, default: 0] += 1 }
        return exclusions(among: compared, skipped: "skipped as impossible").map { $0 + ", each with its reason." }
    }

    /// The excluded cells of the whole run, including those that are not compared.
    var recordedExclusionSentence: String? {
        exclusions(among: analysis.completeness.cells, skipped: "skipped").map { $0 + "." }
    }

    private func exclusions(among cells: [CellResult.Outcome: Int], skipped: String) -> String? {
        let outcomes: [(CellResult.Outcome, String)] = [
            (.invalid, "invalid"), (.failed, "failed"), (.skipped, skipped),
        ]
        let parts = outcomes.compactMap { outcome, what in
            cells[outcome].map { "\(Decimals.count($0, "was", "were")) \(what)" }
        }
        guard !parts.isEmpty else { return nil }
        return "Of \(Decimals.count(cells.values.reduce(0, +), "cell")), \(Prose.list(parts))"
    }

    /// Explains floors; nil if none was measured.
    var floorSentence: String? {
        guard analysis.hasMeasuredFloor else { return nil }
        return
            "A floor is the machine's own limit: bare sockets that push the same bytes, without TLS; beside rows over TLS stands none."
            + (betterThanFloor.map { " \($0)" } ?? "")
    }

    /// Names the figure that is furthest below its floor, and says what that means; nil if there is none.
    private var betterThanFloor: String? {
        let metrics = ComparisonColumns(analysis).all.map(\.metric)
        var below: [(cell: CellResult, metric: Metric, ratio: Double)] = []
        for group in analysis.groups {
            for cell in group.cells {
                var limited = cell.subject
                limited.server = .floor
                // A floor of another protocol version sends other bytes, so it is no limit.
                guard let floor = group.floor(for: cell.subject), floor.subject == limited else { continue }
                below += metrics.compactMap { metric in
                    guard let figure = cell.figure(metric)?.value, let limit = floor.figure(metric)?.value,
                        figure * (1 + analysis.margin) < limit
                    else { return nil }
                    return (cell, metric, figure / limit)
                }
            }
        }
        guard let least = below.min(by: { $0.ratio < $1.ratio }) else { return nil }
        return "\(Decimals.count(below.count, "figure lies", "figures lie")) below the floor, furthest "
            + "\(least.metric.title) of \(least.cell.subject.label) "
            + "(\(Decimals.significant(least.ratio, digits: 2)) × floor): the floor is measured in trials of its own, and publishes from "
            + "a thread beside its one loop. Such a figure is as good as the machine allows, and no better."
    }

    var noiseSentence: String? {
        let checks = analysis.noise.filter { $0.metric == .latencyP99 }
        guard let factor = checks.compactMap(\.factor).max() else {
            return "The run has no A/A pair, so the noise of the machine is not known."
        }
        return "Two identical cells differed by \(Decimals.percent(factor - 1)) in p99 latency: "
            + "take a smaller difference for noise."
    }
}
