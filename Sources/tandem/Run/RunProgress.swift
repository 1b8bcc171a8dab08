import Catalog
import ExperimentModel
import ExperimentRunner
import Glibc
import Reporting

/// Shows a run to the person who started it.
protocol RunProgress: RunObserver {
    func announce(_ run: PlannedRun)
    /// Stops background output before anything else is written. Called however the run ended.
    func stop() async
    func conclude(_ run: PlannedRun, _ outcome: RunOutcome, _ observations: [Observation])
}

extension RunProgress {
    func stop() async {}
}

/// The texts at the beginning and the end of a run, on a terminal and in a log.
enum RunText {
    static func beginning(_ run: PlannedRun) -> String {
        var text = "\(run.experiment.title)\n\(run.folder.path)\n"
        let expected = "\(length(run.expectedSeconds)), seed \(run.plan.seed)"
        text += run.counts.announcement(isResumed: run.isResumed, filter: options(run.filter), expected: expected)
        text += "\n"
        if !run.differences.isEmpty {
            text += "this is not as it was when the run began, so its trials may not be comparable:\n"
            for difference in run.differences { text += "  \(difference)\n" }
        }
        if let torn = run.tornLine { text += "\(torn); its trial is measured again\n" }
        return text
    }

    static func ending(_ run: PlannedRun, _ outcome: RunOutcome, _ observations: [Observation], width: Int) -> String {
        var text = ""
        if !observations.isEmpty, let results = try? ResultFolder(path: run.folder.path),
            let analysis = try? Report(options: ReportOptions(vocabulary: Catalog.vocabulary)).analyze(results)
        {
            text += "\n" + SummaryTable.text(analysis, width: width) + "\n" + ExclusionText.text(analysis)
        }
        if outcome.lostInSilence > 0 {
            text +=
                "not sound: \(outcome.lostInSilence) deliveries were lost in silence (later updates of their orders arrived)\n"
        }
        if !observations.isEmpty { text += "report: \(run.folder.path)/report.html\n" }
        let resume = "tandem run --resume \(shellWord(run.folder.path))"
        if outcome.limit == .decided {
            text += "ended early: each primary comparison has its verdict\n"
        } else if outcome.remaining > 0 {
            if outcome.limit == .outOfTime { text += "the budget of the experiment is used up\n" }
            let filter = run.filter.isEmpty ? "" : " \(options(run.filter))"
            let selected = RunCounts.trials(run.counts.selected)
            text += "\(outcome.remaining) of \(selected) remain; resume with: \(resume)\(filter)\n"
        }
        let leftOut = run.counts.planned - Set(observations.map(\.trial)).count - outcome.remaining
        if leftOut > 0, !run.filter.isEmpty {
            let trials = RunCounts.trials(leftOut)
            text += "the filter leaves out \(trials); to run \(leftOut == 1 ? "it" : "them"): \(resume)\n"
        }
        return text
    }

    private static func options(_ filter: [String]) -> String {
        filter.map { "--filter \(shellWord($0))" }.joined(separator: " ")
    }

    /// A word as a shell reads it.
    private static func shellWord(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-")...UInt8(ascii: "/"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }

    /// `about 45 s`, `about 5 min`, `about 2 h 10 min`: no more precise than an expectation can be.
    static func length(_ seconds: Double) -> String {
        guard seconds >= 90 else { return "about \(max(1, Int(seconds.rounded(.up)))) s" }
        let minutes = Int((seconds / 60).rounded())
        return minutes < 90 ? "about \(minutes) min" : "about \(minutes / 60) h \(minutes % 60) min"
    }

    /// The result of a trial in a few words.
    static func result(_ observation: Observation) -> String {
        guard observation.status == .ok || observation.status == .invalid else {
            return "\(observation.status.rawValue): \(observation.reason ?? "no reason was given")"
        }
        var words: [String] = []
        if let latency = observation.latency?.corrected, latency.count > 0 {
            words.append("p50 \(LoadSummary.duration(latency.p50)), p99 \(LoadSummary.duration(latency.p99))")
        }
        if let staleness = observation.staleness {
            words.append("staleness \(LoadSummary.duration(Int64(staleness.mean)))")
        }
        if let way = observation.reconnection {
            words.append("\(way.interrupted) of \(way.sessions) sessions cut")
            if let back = way.phases.caughtUp { words.append("caught up p50 \(LoadSummary.duration(back.p50))") }
        }
        if let storm = observation.storm {
            let seconds = storm.measured.secondsUntil99.map { "in \(($0 * 100).rounded() / 100) s" } ?? "never"
            words.append("99 % of \(storm.sessions) sessions back \(seconds)")
            if let stopped = storm.measured.stopped, stopped > 0 { words.append("\(stopped) stopped for good") }
        }
        if let drain = observation.drain { words.append("ended after \((drain.exitSeconds * 1e3).rounded() / 1e3) s") }
        if let path = observation.path { words.append(path.outcome) }
        if let figure = observation.cell.goal?.figure, let value = observation.capacity?.value(of: figure) {
            let number = LoadSummary.decimals(value, value < 1 ? 4 : value < 1_000 ? 2 : 0)
            words.append("\(figure.rawValue) \(number)" + (figure.unit.isEmpty ? "" : " \(figure.unit)"))
        }
        if observation.status == .invalid { words.append("INVALID: \(observation.reason ?? "no reason was given")") }
        return words.isEmpty ? observation.status.rawValue : words.joined(separator: ", ")
    }

    static func clock(_ seconds: Double) -> String {
        let whole = Int(max(0, seconds).rounded())
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        let minutes = "\(two(whole / 60 % 60)):\(two(whole % 60))"
        return whole < 3_600 ? minutes : "\(whole / 3_600):\(minutes)"
    }

    /// The columns of a table on standard output.
    static var width: Int { max(40, columns(of: STDOUT_FILENO)) }

    /// The columns of a descriptor's terminal; 100 where there is none.
    static func columns(of descriptor: Int32) -> Int { terminalColumns(of: descriptor) ?? 100 }

    /// The same; nil where there is no terminal.
    static func terminalColumns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
