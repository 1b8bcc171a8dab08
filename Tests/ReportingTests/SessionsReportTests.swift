import ExperimentModel
import Foundation
import Measurement
import Reporting
import Testing

/// Reports on the four studies of sessions, from lines that were made up.
@Suite struct SessionsReportTests {
    private static let renderers: [any Renderer] = [
        HTMLRenderer(plotter: CaptionPlotter()), MarkdownRenderer(), DecisionRenderer(), CellsCSVRenderer(),
        PercentilesCSVRenderer(), ComparisonsCSVRenderer(), AuthCSVRenderer(), AuthJSONRenderer(),
        SessionsCSVRenderer(),
        SessionsJSONRenderer(),
    ]

    private func sessions(_ study: Experiment.Study, _ change: (inout [Observation]) -> Void = { _ in }) throws
        -> SessionsAnalysis
    {
        let run = SampleSessionsRun(study: study)
        var lines = run.observations()
        change(&lines)
        return try #require(try run.analysis(lines).sessions)
    }

    private func goal(
        _ name: String, _ study: Experiment.Study, _ change: (inout [Observation]) -> Void = { _ in }
    ) throws -> Goal {
        try #require(try sessions(study, change).goals.first { $0.name == name })
    }

    // MARK: Whole files

    @Test("The HTML report of each study is the committed one", arguments: SampleSessionsRun.all)
    func html(study: Experiment.Study) async throws {
        let html = try await HTMLRenderer(plotter: CaptionPlotter()).render(SampleSessionsRun(study: study).analysis())
        try Fixture.expectPage(html, matches: "\(study.rawValue)-report.html")
    }

    @Test("The other reports of each study are the committed ones", arguments: SampleSessionsRun.all)
    func text(study: Experiment.Study) throws {
        let analysis = try SampleSessionsRun(study: study).analysis()
        try Fixture.expect(MarkdownRenderer().render(analysis), matches: "\(study.rawValue)-report.md")
        try Fixture.expect(DecisionRenderer().render(analysis), matches: "\(study.rawValue)-decision.md")
        // The forms for programs are long: one study of them is compared whole, all are looked into below.
        guard study == .drain else { return }
        try Fixture.expect(SessionsCSVRenderer().render(analysis), matches: "sessions.csv")
        try Fixture.expect(try SessionsJSONRenderer().render(analysis), matches: "sessions.json")
    }

    @Test(
        "The summary of each study fits the terminal, and is the committed one", arguments: SampleSessionsRun.all,
        [60, 100])
    func terminal(study: Experiment.Study, width: Int) throws {
        let text = SummaryTable.text(try SampleSessionsRun(study: study).analysis(), width: width)
        for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
        if width == 100 { try Fixture.expect(text, matches: "\(study.rawValue)-summary.txt") }
    }

    @Test("The charts of each study are drawn", arguments: SampleSessionsRun.all)
    func chartsAreDrawn(study: Experiment.Study) async throws {
        let html = try await HTMLRenderer().render(SampleSessionsRun(study: study).analysis())
        #expect(!html.contains("This chart was not drawn"))
        #expect(html.contains("<svg class=\"chart") == (study != .proxies))
        #expect(html.contains("Connect + TLS") == (study == .reconnection))
    }

    @Test("A report has the files of its study, and none of another") func filesGoByTheStudy() async throws {
        let files = try await Report(renderers: Self.renderers, options: ReportOptions()).render(
            SampleSessionsRun(study: .storm).folder())
        #expect(
            Set(files.files.map(\.name)) == [
                "report.html", "report.md", "decision.md", "sessions.csv", "sessions.json",
            ])
        let auth = try await Report(renderers: Self.renderers, options: ReportOptions()).render(SampleAuthRun.folder())
        #expect(auth["sessions.csv"] == nil && auth["auth.csv"] != nil)
    }

    // MARK: For programs

    @Test("Each line of the CSV has the same columns", arguments: SampleSessionsRun.all)
    func theCSVIsOfEqualColumns(study: Experiment.Study) throws {
        let lines = SessionsCSVRenderer().render(try SampleSessionsRun(study: study).analysis()).split(
            separator: "\r\n")
        #expect(lines.count > 40)
        for line in lines where !line.contains("\"") {
            #expect(line.split(separator: ",", omittingEmptySubsequences: false).count == 22, "\(line)")
        }
    }

    @Test("A figure that was not reached has no value in the JSON") func theJSONHasNoInfinity() throws {
        let analysis = try SampleSessionsRun(study: .reconnection).analysis()
        let file = try JSONSerialization.jsonObject(with: Data(SessionsJSONRenderer().render(analysis).utf8))
        let root = try #require(file as? [String: Any])
        #expect(root["studies"] as? [String] == ["reconnection"])
        let cells = try #require(root["cells"] as? [[String: Any]])
        let figures = cells.flatMap { $0["figures"] as? [[String: Any]] ?? [] }
        let never = figures.filter { $0["notReached"] as? Bool == true }
        // The native client that got 401 never waited to its end.
        #expect(never.contains { $0["item"] as? String == "wait" && $0["censored"] as? Int == 80 })
        #expect(never.allSatisfy { $0["value"] == nil })
    }

    @Test("The JSON has the curves of storms, in at most 500 steps that add up")
    func theCurvesOfStormsAreInTheJSON() throws {
        let analysis = try SampleSessionsRun(study: .storm).analysis()
        let file = try JSONSerialization.jsonObject(with: Data(SessionsJSONRenderer().render(analysis).utf8))
        let cells = try #require((file as? [String: Any])?["cells"] as? [[String: Any]])
        for cell in cells {
            let curves = try #require(cell["curves"] as? [String: Any])
            let measured = try #require(curves["measured"] as? [String: Any])
            let back = try #require(measured["back"] as? [Int])
            #expect(back.reduce(0, +) == cell["connections"] as? Int)
            // A million in half seconds is more than a chart or a reader takes: what is merged stays whole.
            if let many = curves["extrapolation"] as? [String: Any] {
                let back = try #require(many["back"] as? [Int])
                #expect(back.count <= 500 && back.reduce(0, +) == 1_000_000)
            }
        }
    }

    // MARK: Goals

    @Test("One update lost in silence misses the goal") func silenceIsAHardGate() throws {
        #expect(try goal("Nothing is lost in silence", .reconnection).outcome == .met)
        let missed = try goal("Nothing is lost in silence", .reconnection) {
            $0[0].reconnection?.ledger.silentlyLost = 1
        }
        #expect(missed.outcome == .missed)
        #expect(missed.found.contains("most with SSE, event-source, refetch, black-hole"))
        let empty = try goal("Nothing is lost in silence", .reconnection) { lines in
            lines = Array(lines.prefix(1))
            lines[0].reconnection = nil
        }
        #expect(empty.outcome == .notMeasured)
        #expect(
            try goal("Nothing is lost in silence", .storm) { $0[0].storm?.ledger?.silentlyLost = 1 }.outcome == .missed)
    }

    @Test("A trial that failed by losing updates counts, and an invalid one does not")
    func aTrialThatFailedItsGateCounts() throws {
        let missed = try goal("Nothing is lost in silence", .reconnection) { lines in
            lines[0].reconnection?.ledger.silentlyLost = 3
            (lines[0].status, lines[0].reason) = (.failed, "3 updates were lost in silence")
        }
        #expect(missed.outcome == .missed && missed.found.hasPrefix("3 of "))
        // One that was not measured rightly does not.
        let invalid = try goal("Nothing is lost in silence", .reconnection) { lines in
            lines[0].reconnection?.ledger.silentlyLost = 3
            (lines[0].status, lines[0].reason) = (.invalid, "a bystander lost its connection too")
        }
        #expect(invalid.outcome == .met)
    }

    @Test("Replay is whole only where every transport was measured and lost nothing")
    func replayIsWholeOnlyWhereEveryTransportWasMeasured() throws {
        // One cell of the sample failed in its second block.
        let partial = try goal("Replay is whole", .reconnection)
        #expect(partial.outcome == .notMeasured)
        #expect(partial.found.contains("could not be measured"))
        func repaired(_ lines: inout [Observation]) { lines.removeAll { $0.status == .failed } }
        #expect(try goal("Replay is whole", .reconnection, repaired).outcome == .met)
        let without = try goal("Replay is whole", .reconnection) { lines in
            lines.removeAll { $0.cell.transport == "long-polling" || $0.status == .failed }
        }
        #expect(without.outcome == .notMeasured && without.found.contains("not over Long polling"))
        // Whatever else is missing, a fault that was seen was seen.
        for path in [\SessionLedgerSummary.duplicated, \.reordered, \.silentlyLost, \.declaredLost] {
            let missed = try goal("Replay is whole", .reconnection) { lines in
                let place = lines.firstIndex { $0.cell.session?.recovery == "replay" } ?? 0
                lines[place].reconnection?.ledger[keyPath: path] = 1
            }
            #expect(missed.outcome == .missed)
        }
        // What a strategy without a position does says nothing about replay.
        let refetch = try goal("Replay is whole", .reconnection) { lines in
            repaired(&lines)
            for index in lines.indices where lines[index].cell.session?.recovery == "refetch" {
                lines[index].reconnection?.ledger.duplicated = 9
            }
        }
        #expect(refetch.outcome == .met)
    }

    @Test("A server that keeps nothing may lose updates if it declares them")
    func aServerThatKeepsNothingMayLoseWithAWord() throws {
        func outcome(_ durability: String) throws -> Goal.Outcome {
            try goal("Replay is whole", .reconnection) { lines in
                lines.removeAll { $0.status == .failed }
                for index in lines.indices where lines[index].cell.session?.fault?.name == "server-kill" {
                    lines[index].cell.session?.durability = durability
                    lines[index].reconnection?.ledger.declaredLost = 40
                }
            }.outcome
        }
        #expect(try outcome("none") == .met)
        let excused = try goal("Replay is whole", .reconnection) { lines in
            for index in lines.indices where lines[index].cell.session?.fault?.name == "server-kill" {
                lines[index].cell.session?.durability = "async"
                lines[index].reconnection?.ledger.declaredLost = 40
            }
        }
        #expect(excused.found.contains("320 more were declared lost where a server ended that had not kept them"))
        #expect(try outcome("commit") == .missed)
    }

    @Test("The time to catch up is judged by the worst trial's median")
    func theFloorIsJudgedByTheMedianOfTheWorstTrial() throws {
        let met = try goal("Caught up", .reconnection)
        #expect(met.outcome == .met)
        #expect(met.found.contains(" to × 1.38"))
        let missed = try goal("Caught up", .reconnection) { $0[0].reconnection?.phases.caughtUpRatio?.p50 = 1.21 }
        #expect(missed.outcome == .missed)
        #expect(missed.found.contains("× 1.21 in the worst cell, SSE, event-source, refetch, black-hole; 35 of 36"))
    }

    @Test("Clients that retry in vain are named, and the control is told apart")
    func whoComesBackInVainIsNamed() async throws {
        let run = SampleSessionsRun(study: .reconnection)
        let text = MarkdownRenderer().render(try run.analysis())
        #expect(text.contains("Of 640 sessions that met an answer at which a faithful client stops, 616 did"))
        #expect(text.contains("72 useless retries were made, by full-jitter"))
        // An answer that ends nobody is not counted.
        var lines = run.observations()
        for index in lines.indices {
            lines[index].reconnection?.stops = [
                .init(cause: "401", mustStop: false, stopped: 0, cameBack: 1, uselessRetries: 0)
            ]
        }
        #expect(!MarkdownRenderer().render(try run.analysis(lines)).contains("a faithful client stops,"))
        // What the control does wrong is no failure.
        var control = run.observations().filter { $0.cell.session?.client == "full-jitter" }
        for index in control.indices { control[index].cell.session?.client = "fixed" }
        let analysis = try run.analysis(control)
        #expect(
            MarkdownRenderer().render(analysis).contains("The control, which stops at nothing, made 72 useless retries")
        )
        let html = try await HTMLRenderer(plotter: CaptionPlotter()).render(analysis)
        let stops = try #require(
            html.components(separatedBy: "id=\"stops\"").last?.components(separatedBy: "</section>").first)
        #expect(stops.contains("(control)") && !stops.contains("failed"))
    }

    @Test("The sessions at each node of a balancer are shown, before and after") func aBalancersNodesAreTold() throws {
        let run = SampleSessionsRun(study: .reconnection)
        var lines = run.observations().filter { $0.cell.session?.fault?.name == "server-kill" }
        for index in lines.indices {
            lines[index].reconnection?.nodes = .init(before: [20, 20], after: [5, 35], moved: 15, movedAndTold: 15)
            lines[index].reconnection?.causes = [.init(cause: "503", ended: 20, failed: 3)]
            lines[index].reconnection?.ledger.declaredLost = 30
        }
        let analysis = try run.analysis(lines)
        let text = MarkdownRenderer().render(analysis)
        // Over both blocks.
        #expect(text.contains("40 + 40") && text.contains("10 + 70") && text.contains("503: 40 ended, 6 attempts"))
        // Another node does not have what the first one kept.
        #expect(analysis.sessions?.goals.first { $0.name == "Replay is whole" }?.outcome != .missed)
        #expect(SessionsCSVRenderer().render(analysis).contains(",nodes,after,node_2,70,"))
    }

    @Test("The report says how many sessions a storm ended for good") func whoDiesInAStormIsSaid() throws {
        let run = SampleSessionsRun(study: .storm)
        var lines = run.observations()
        for index in lines.indices {
            let sessions = lines[index].cell.load.connections
            lines[index].storm?.measured.stopped = sessions / 2
        }
        let text = MarkdownRenderer().render(try run.analysis(lines))
        #expect(text.contains("5,000 of 10,000 (") && text.contains("the HTML standard"))
    }

    @Test("A storm is judged at the full size, by the best policy of each transport")
    func aSmallStormDoesNotShowWhatALargeOneDoes() throws {
        #expect(try goal("Storms", .storm).outcome == .met)
        let small = try goal("Storms", .storm) { $0.removeAll { $0.cell.load.connections > 1_000 } }
        #expect(small.outcome == .notMeasured && small.found.contains("at 1,000 sessions"))
        // The best policy of each transport counts: the worst is there to be shown.
        let missed = try goal("Storms", .storm) { lines in
            for index in lines.indices where lines[index].cell.transport == "websocket" {
                lines[index].storm?.measured.secondsUntil99 = nil
            }
        }
        #expect(missed.outcome == .missed && missed.found.contains("WebSocket never"))
    }

    @Test("A drain must end within its bound") func aDrainMustEndWithinItsBound() throws {
        #expect(try goal("A drain ends", .drain).outcome == .met)
        #expect(try goal("A drain ends", .drain) { $0[0].drain?.exitSeconds = 5.01 }.outcome == .missed)
    }

    // MARK: Figures

    @Test("The trials of a cell give one figure with an interval")
    func trialsOfACellGiveOneFigureWithAnInterval() throws {
        let result = try #require(
            try sessions(.reconnection).recoveries.first { $0.cell.session?.client == "event-source" })
        #expect(result.trials == 2 && result.sessions == 80)
        let wait = try #require(result.phases[.wait])
        #expect(wait.count == 80)
        #expect(wait.p50.interval != nil)
        #expect(result.ledger.expected == 4_000)
    }

    @Test("A phase that never ended counts as later than all that did")
    func whatNeverCameIsLaterThanAllThatDid() throws {
        let result = try #require(
            try sessions(.reconnection).recoveries.first {
                $0.cell.session?.client == "event-source" && $0.cell.session?.fault?.name == "unauthorized"
            })
        #expect(result.phases[.wait]?.p50.value == .infinity)
        #expect(result.phases[.connect] == nil)
    }

    @Test("The model of a storm is compared with the measured one") func theModelIsHeldAgainstTheMachine() throws {
        let storms = try sessions(.storm).storms
        let full = try #require(storms.first { $0.sessions == 10_000 && $0.cell.session?.client == "full-jitter" })
        #expect(abs((full.timeError?.value ?? 0) - 0.92) < 1e-9)
        // 99 % of two seconds, over 10,000 sessions at 9,000 a second: the median of two blocks.
        #expect(abs((full.overBound?.value ?? 0) - 0.99 * 2 * 9_000 / 10_000 * (1 + 1 / 1.03) / 2) < 0.01)
        let paced = try sessions(.storm) { lines in
            for index in lines.indices { lines[index].cell.session?.pace = 2_000 }
        }
        #expect(paced.storms.first { $0.sessions == 10_000 }?.bound == 4e9)
    }

    @Test("An extrapolation that was simulated once is drawn once")
    func whatWasSimulatedOnceIsDrawnOnce() async throws {
        let run = SampleSessionsRun(study: .storm)
        var lines = run.observations()
        // The model is asked for a million once a policy, in whatever trial comes first.
        for index in lines.indices where lines[index].block == 1 || lines[index].cell.transport == "sse" {
            lines[index].storm?.extrapolation = nil
        }
        let storms = try #require(try run.analysis(lines).sessions).storms.filter { $0.extrapolated != nil }
        #expect(storms.count == 3 && storms.allSatisfy { $0.extrapolation?.until99 != nil })
        let html = try await HTMLRenderer(plotter: CaptionPlotter()).render(run.analysis(lines))
        #expect(html.contains("Back again: 1,000,000 sessions, simulated"))
    }

    @Test("Without a model the report of a storm leaves out its parts")
    func aModelThatWasNotRunLeavesItsPlacesEmpty() async throws {
        let run = SampleSessionsRun(study: .storm)
        var lines = run.observations()
        for index in lines.indices {
            lines[index].storm?.model = nil
            lines[index].storm?.extrapolation = nil
            lines[index].storm?.ledger = nil
            lines[index].storm?.bystandersBefore = nil
            lines[index].storm?.bystandersDuring = nil
        }
        let html = try await HTMLRenderer(plotter: CaptionPlotter()).render(run.analysis(lines))
        #expect(!html.contains("id=\"extrapolation\"") && !html.contains("id=\"model\""))
        #expect(html.contains("Storms, measured"))
    }

    @Test("A path's verdict is that of its worst trial") func theWorstTrialIsAPathsVerdict() throws {
        let paths = try sessions(.proxies) { lines in
            let place = lines.firstIndex { $0.cell.session?.path == "direct" } ?? 0
            lines[place].path?.verdict = .heldBack
            lines[place].path?.outcome = "came in lumps"
        }.paths
        #expect(paths[0].verdict == .heldBack)
        #expect(paths[0].outcomes.sorted() == ["came in lumps", "every update came as it was published"])
    }

    // MARK: What is missing

    @Test("A part of a run has a report, which says that it is not complete", arguments: SampleSessionsRun.all)
    func halfARunIsStillAReport(study: Experiment.Study) async throws {
        let run = SampleSessionsRun(study: study)
        let lines = run.observations()
        var empty = lines[0]
        (empty.reconnection, empty.storm, empty.drain, empty.path) = (nil, nil, nil, nil)
        var failed = empty
        (failed.status, failed.reason) = (.failed, nil)
        for kept in [Array(lines.prefix(1)), Array(lines.prefix(lines.count / 2)), [empty], [failed]] {
            let files = try await Report(renderers: Self.renderers, options: ReportOptions(resamples: 100)).render(
                run.folder(kept))
            #expect(files["report.html"]?.contains("This run is not complete") == true)
            #expect(files["sessions.json"] != nil)
            #expect(!SummaryTable.text(run.folder(kept), width: 80, options: ReportOptions()).isEmpty)
        }
    }

    @Test("Summaries without values have a report") func aSummaryWithoutValuesIsAReport() async throws {
        let run = SampleSessionsRun(study: .reconnection)
        var lines = run.observations()
        for index in lines.indices where lines[index].reconnection != nil {
            lines[index].reconnection = ReconnectionSummary(sessions: 0, interrupted: 0, ledger: SessionLedgerSummary())
        }
        let text = MarkdownRenderer().render(try run.analysis(lines))
        #expect(text.contains("was owed no update in this run"))
        #expect(text.contains("No goal was measured whole"))
        let storm = SampleSessionsRun(study: .storm)
        var storms = storm.observations()
        let none = StormCurve(sessions: 0, binSeconds: 0.1, attempts: [], refused: [], back: [])
        for index in storms.indices {
            storms[index].storm = StormSummary(
                sessions: 0, bystanders: 0, acceptRate: 0, measured: none, model: none, extrapolation: none)
        }
        let html = try await HTMLRenderer().render(storm.analysis(storms))
        #expect(html.contains("Storms, measured"))
    }

    @Test("Without a manifest the lines tell the study") func withoutAManifestTheLinesTellTheStudy() throws {
        let folder = ResultFolder(path: "", observations: SampleSessionsRun(study: .drain).observations())
        #expect(try SampleSessionsRun.analysis(folder).sessions?.studies == [.drain])
    }

    @Test("A reason of exclusion is said once for all its cells") func whatCannotBeIsSaidOnceForAllItsCells() throws {
        let exclusions = try sessions(.reconnection).exclusions.byReason
        #expect(exclusions.map { $0[0].status } == [.failed, .skipped])
        #expect(exclusions[1].count == 2)
    }

    // MARK: Text of others

    private static let script = "<script>alert(1)</script>"
    private static let everything = "\(script)\"\u{301} onmouseover=\"x|a_b*c*`d`\u{1B}[31m\r\n=1+1"

    @Test("Text from outside stays text in every form", arguments: SampleSessionsRun.all)
    func textOfOthersIsText(study: Experiment.Study) async throws {
        let run = SampleSessionsRun(study: study)
        var lines = run.observations()
        for index in lines.indices {
            lines[index].cell.session?.client = Self.everything
            lines[index].cell.session?.recovery = Self.everything
            lines[index].cell.session?.fault?.name = Self.everything
            lines[index].cell.session?.fault?.steps[0].fault = Self.everything
            let path = lines[index].cell.session?.path
            lines[index].cell.session?.path = path.map { $0 + Self.everything }
            lines[index].reconnection?.stops = [
                .init(cause: Self.everything, mustStop: true, stopped: 1, cameBack: 1, uselessRetries: 1)
            ]
            lines[index].path?.outcome = Self.everything
            if lines[index].status != .ok { lines[index].reason = Self.everything }
        }
        let analysis = try run.analysis(lines)
        let html = try await HTMLRenderer().render(analysis)
        #expect(html.contains("&lt;script&gt;alert(1)"))
        #expect(!html.unicodeScalars.contains("\u{1B}"))
        #expect(!html.contains(Self.script))
        #expect(!html.contains("This chart was not drawn"))
        for text in [MarkdownRenderer().render(analysis), DecisionRenderer().render(analysis)] {
            #expect(!text.contains(Self.script))
            #expect(!text.unicodeScalars.contains("\u{1B}"))
        }
        #expect(!SummaryTable.text(analysis, width: 100).unicodeScalars.contains("\u{1B}"))
        #expect(!SessionsCSVRenderer().render(analysis).contains(",=1+1"))
    }
}
