internal import ExperimentModel

/// Every figure of a study of sessions, one line for each, for programs.
enum SessionFigures {
    static func all(_ analysis: SessionsAnalysis) -> [FigureGroup] {
        analysis.recoveries.map { FigureGroup($0.cell, study: "reconnection", trials: $0.trials, lines($0)) }
            + analysis.storms.map { FigureGroup($0.cell, study: "storm", trials: $0.trials, lines($0)) }
            + analysis.drains.map { FigureGroup($0.cell, study: "drain", trials: $0.trials, lines($0)) }
            + analysis.paths.map { FigureGroup($0.cell, study: "proxies", trials: $0.trials, lines($0)) }
    }

    static func gaps(_ analysis: SessionsAnalysis) -> [FigureGroup] {
        // If observations of several runs were put together, they do not say which study they failed in.
        let study = analysis.studies.count == 1 ? analysis.studies[0].rawValue : ""
        return analysis.exclusions.map {
            FigureGroup($0.cell, study: study, trials: nil, [.gap($0.status, $0.reason)])
        }
    }

    // MARK: Pieces

    private static func counts(_ part: String, item: String = "", _ counts: [(String, Double?)]) -> [FigureLine] {
        counts.map { FigureLine(part: part, item: item, figure: $0.0, value: $0.1) }
    }

    private static func estimate(_ part: String, item: String = "", _ figure: String, _ estimate: Estimate?)
        -> [FigureLine]
    {
        guard let estimate else { return [] }
        return [
            FigureLine(
                part: part, item: item, figure: figure, value: estimate.value, low: estimate.interval?.lowerBound,
                high: estimate.interval?.upperBound)
        ]
    }

    private static func times(_ part: String, item: String = "", _ times: TimeDistribution?) -> [FigureLine] {
        guard let times else { return [] }
        return [("p50_ns", times.p50), ("p90_ns", times.p90), ("p99_ns", times.p99)].map { figure, estimate in
            FigureLine(
                part: part, item: item, figure: figure, value: estimate.value, low: estimate.interval?.lowerBound,
                high: estimate.interval?.upperBound, values: times.count, censored: times.pooled.censored)
        }
    }

    private static func ledger(_ ledger: SessionLedgerSummary?) -> [FigureLine] {
        guard let ledger else { return [] }
        return counts(
            "ledger",
            [
                ("expected", Double(ledger.expected)), ("live", Double(ledger.live)),
                ("replayed", Double(ledger.replayed)),
                ("snapshot", Double(ledger.snapshot)), ("refetched", Double(ledger.refetched)),
                ("duplicated", Double(ledger.duplicated)), ("reordered", Double(ledger.reordered)),
                ("declared_lost", Double(ledger.declaredLost)), ("silently_lost", Double(ledger.silentlyLost)),
                ("undelivered", Double(ledger.undelivered)),
            ])
    }

    // MARK: Studies

    private static func lines(_ result: RecoveryResult) -> [FigureLine] {
        var lines = counts(
            "sessions",
            [
                ("sessions", Double(result.sessions)), ("interrupted", Double(result.interrupted)),
                ("attempts", Double(result.attempts)), ("positions_lost", Double(result.positionsLost)),
            ])
        for phase in SessionPhase.allCases { lines += times("phase", item: phase.rawValue, result.phases[phase]) }
        if let ratio = result.ratio {
            for (figure, one) in [("p50", ratio.p50), ("p90", ratio.p90), ("p99", ratio.p99)] {
                lines += estimate("caught-up-over-floor", figure, one).map { line in
                    var line = line
                    line.values = Int64(ratio.count)
                    return line
                }
            }
        }
        lines += ledger(result.ledger)
        for stop in result.stops {
            lines += counts(
                "stop", item: stop.cause,
                [
                    ("must_stop", stop.mustStop ? 1 : 0), ("stopped", Double(stop.stopped)),
                    ("came_back", Double(stop.cameBack)), ("useless_retries", Double(stop.uselessRetries)),
                ])
        }
        lines += times("away", result.away)
        for cause in result.causes {
            lines += counts(
                "cause", item: cause.cause, [("ended", Double(cause.ended)), ("failed", Double(cause.failed))])
        }
        if let nodes = result.nodes {
            lines += counts("nodes", [("moved", Double(nodes.moved)), ("moved_and_told", Double(nodes.movedAndTold))])
            for (item, sessions) in [("before", nodes.before), ("after", nodes.after)] {
                lines += counts("nodes", item: item, sessions.enumerated().map { ("node_\($0 + 1)", Double($1)) })
            }
        }
        if let harm = result.harm {
            lines += counts("harm", [("peers", Double(harm.peers)), ("patience_ns", harm.patience)])
            lines += estimate("harm", "bytes_per_second_per_peer", harm.bytesPerSecondPerPeer)
            lines += times("harm", item: "time-to-cut", harm.timeToCut)
            lines += times("harm", item: "others-before", harm.othersBefore)
            lines += times("harm", item: "others-during", harm.othersDuring)
        }
        return lines
    }

    private static func lines(_ storm: StormResult) -> [FigureLine] {
        var lines = counts(
            "storm",
            [
                ("sessions", Double(storm.sessions)), ("bystanders", Double(storm.bystanders)),
                ("bound_ns", storm.bound),
            ])
        lines += estimate("storm", "accept_rate", storm.acceptRate)
        lines += estimate("storm", "over_bound", storm.overBound)
        lines += counts("storm", [("extrapolation_accept_rate", storm.extrapolationAcceptRate)])
        for (item, curve) in [
            ("measured", storm.measured as StormResult.Curve?), ("model", storm.model),
            ("extrapolation", storm.extrapolation),
        ] {
            guard let curve else { continue }
            lines += counts("curve", item: item, [("sessions", Double(curve.sessions))])
            for (figure, one) in [
                ("until_50_ns", curve.until50), ("until_90_ns", curve.until90), ("until_99_ns", curve.until99),
                ("until_all_ns", curve.untilAll), ("peak_per_second", curve.peak), ("refused", curve.refused),
                ("attempts", curve.attempts), ("stopped", curve.stopped),
            ] {
                lines += estimate("curve", item: item, figure, one)
            }
        }
        lines += estimate("model-over-measured", "until_99", storm.timeError)
        lines += estimate("model-over-measured", "peak", storm.peakError)
        lines += times("bystanders", item: "before", storm.bystandersBefore)
        lines += times("bystanders", item: "during", storm.bystandersDuring)
        return lines + ledger(storm.ledger)
    }

    private static func lines(_ drain: DrainResult) -> [FigureLine] {
        var lines = estimate("drain", "exit_ns", drain.exit)
        lines += counts(
            "drain",
            [
                ("longest_exit_ns", drain.longestExit), ("bound_ns", drain.bound), ("sessions", Double(drain.sessions)),
                ("clean_reasons", Double(drain.cleanReasons)), ("spread_ns", drain.spread),
            ])
        lines += times("closed", drain.closed) + times("reconnects", drain.reconnects)
        return lines + ledger(drain.ledger)
    }

    private static func lines(_ path: PathResult) -> [FigureLine] {
        var lines = [
            FigureLine(part: "path", figure: "verdict", text: path.verdict.rawValue),
            FigureLine(part: "path", figure: "outcome", text: path.outcomes.joined(separator: "; ")),
        ]
        lines += counts("path", [("settings", Double(path.settings)), ("refusal", path.refusal.map(Double.init))])
        lines += estimate("path", "idle_cut_ns", path.idleCut)
        lines += times("first-update", path.firstUpdate) + times("updates", path.updates)
        return lines + ledger(path.ledger)
    }
}
