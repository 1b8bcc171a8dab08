import ExperimentModel
import Foundation
import Reporting
import Testing

/// Reports on the study of capacity, from lines that were made up: verdicts, and the gates that refuse a comparison.
@Suite(.serialized) struct CapacityReportTests {
    typealias Sample = SampleCapacityRun
    typealias Flood = SampleCapacityRun.Flood

    private func rows(_ lines: [Observation]) throws -> [CapacityRow] {
        let analysis = try Report(options: ReportOptions(resamples: 200)).analyze(Sample.folder(lines))
        return try #require(analysis.capacity).rows
    }

    /// The row of trials that ran in pairs.
    private func row(_ pairs: [(ours: Flood, floor: Flood)]) throws -> CapacityRow {
        let rows = try rows(
            Sample.lines([
                (Sample.cell(.tandem, Sample.ofFloor), pairs.map { Sample.summary($0.ours) }),
                (Sample.cell(.floor, Sample.ofFloor), pairs.map { Sample.summary($0.floor) }),
            ]))
        #expect(rows.count == 1)
        return try #require(rows.first)
    }

    @Test("A goal is met at its bound", arguments: [(0.95, true), (0.949, false)]) func atLeast(
        value: Double, isMet: Bool
    ) {
        #expect(Sample.ofFloor.isMet(by: value) == isMet)
        #expect(CapacityGoal(.cpuPerUpdate, atMost: 1.2).isMet(by: 2.15 - value) == isMet)
    }

    @Test("A ratio is that of the pairs, whatever slows both sides down") func ratio() throws {
        let row = try row([
            (Flood(perSecond: 96_000), Flood(perSecond: 100_000)),
            (Flood(perSecond: 94_000), Flood(perSecond: 100_000)),
            (Flood(perSecond: 49_000), Flood(perSecond: 50_000)),
        ])
        let ratio = try #require(row.ratio)
        #expect(abs(ratio.value - 0.96) < 0.001)
        #expect(ratio.interval.map { $0.contains(0.94) && $0.contains(0.98) } == true)
        #expect(row.verdict == .met && row.notes.isEmpty)
        #expect(row.ours?.value == 94_000)
        #expect(row.floor?.value == 100_000)
    }

    @Test("One pair has a ratio without an interval") func onePair() throws {
        let row = try row([(Flood(perSecond: 90_000), Flood(perSecond: 100_000))])
        #expect(row.ratio == Estimate(value: 0.9, interval: nil, trials: 1))
        #expect(row.verdict == .missed)
    }

    @Test("Updates of another size give no verdict") func otherBytes() throws {
        let row = try row([(Flood(perSecond: 100_000, bytes: 260), Flood(perSecond: 100_000))])
        #expect(row.verdict == .invalid)
        #expect(row.notes == ["bytes per update differ: 260.0 and 250.0"])
        #expect(try self.row([(Flood(perSecond: 100_000, bytes: 252), Flood(perSecond: 100_000))]).verdict == .met)
    }

    @Test("A load client that is busier than the server gives no verdict")
    func saturated() throws {
        let busy = Flood(perSecond: 100_000, client: 0.99, server: 0.7)
        for pair in [(busy, Flood(perSecond: 100_000)), (Flood(perSecond: 100_000), busy)] {
            let row = try row([pair])
            #expect(row.verdict == .invalid)
            #expect(row.notes == ["the load client was saturated before the server"])
        }
        // One that is as busy as the server is not its limit.
        let both = Flood(perSecond: 100_000, client: 0.99, server: 0.995)
        #expect(try row([(both, both)]).verdict == .met)
    }

    @Test("Other programs that kept the machine busy are said") func disturbed() throws {
        let row = try row([(Flood(perSecond: 100_000, others: 0.8), Flood(perSecond: 100_000, others: 0.8))])
        #expect(row.verdict == .met)
        #expect(row.notes == ["disturbed: other programs used 80 % of one processor"])
    }

    @Test(
        "Two loops are compared with one",
        arguments: [
            (Flood(perSecond: 100_000), Flood(perSecond: 160_000), .met),
            (Flood(perSecond: 100_000), Flood(perSecond: 140_000), .missed),
            (Flood(perSecond: 100_000), Flood(perSecond: 160_000, bytes: 260), .invalid),
            (Flood(perSecond: 100_000, client: 0.99, server: 0.7), Flood(perSecond: 160_000), .invalid),
            // A client that two loops saturate hides what they could do: the ratio is a lower bound.
            (Flood(perSecond: 100_000), Flood(perSecond: 140_000, client: 0.99, server: 0.7), .invalid),
            (Flood(perSecond: 100_000), Flood(perSecond: 160_000, client: 0.99, server: 0.7), .met),
        ] as [(Flood, Flood, CapacityRow.Verdict)])
    func loops(one: Flood, two: Flood, verdict: CapacityRow.Verdict) throws {
        let rows = try rows(
            Sample.lines([
                (Sample.cell(.tandem, Sample.ofOneLoop), [Sample.summary(one)]),
                (Sample.cell(.tandem, Sample.ofOneLoop, loops: 2), [Sample.summary(two, loops: 2)]),
            ]))
        #expect(rows.map(\.verdict) == [verdict])
        #expect(rows.first?.notes.contains { $0.contains("lower bound") } == (two.client > 0.95))
    }

    @Test("A floor that saturates its client leaves the verdict on our loops as it is")
    func loopsBesideASaturatedFloor() throws {
        let busy = Flood(perSecond: 100_000, client: 0.99, server: 0.7)
        for (floorOfOne, floorOfTwo) in [(Flood(perSecond: 100_000), busy), (busy, Flood(perSecond: 100_000))] {
            let rows = try rows(
                Sample.lines([
                    (Sample.cell(.tandem, Sample.ofOneLoop), [Sample.summary(Flood(perSecond: 100_000))]),
                    (
                        Sample.cell(.tandem, Sample.ofOneLoop, loops: 2),
                        [Sample.summary(Flood(perSecond: 140_000), loops: 2)]
                    ),
                    (Sample.cell(.floor, Sample.ofOneLoop), [Sample.summary(floorOfOne)]),
                    (Sample.cell(.floor, Sample.ofOneLoop, loops: 2), [Sample.summary(floorOfTwo, loops: 2)]),
                ]))
            #expect(rows.map(\.verdict) == [.missed])
            #expect(rows.first?.floorRatio?.value == 1)
            #expect(rows.first?.notes.map { $0.hasPrefix("the floor's own ratio is uncertain") } == [true])
        }
    }

    @Test("The floor against itself stands beside the ratio") func noise() throws {
        let rows = try rows(
            Sample.lines([
                (Sample.cell(.tandem, Sample.ofFloor), [Sample.summary(Flood(perSecond: 96_000))]),
                (Sample.cell(.floor, Sample.ofFloor), [Sample.summary(Flood(perSecond: 100_000))]),
                (Sample.cell(.floor, Sample.ofFloor, again: true), [Sample.summary(Flood(perSecond: 102_000))]),
            ]))
        #expect(rows.map(\.noise?.value) == [1.02])
        #expect(rows.map(\.ratio?.value) == [0.96])
    }

    @Test(
        "What many connections took comes back, and all of them were held",
        arguments: [
            (Sample.holding(1_000, kibibytesEach: 2, returned: 0.75, rounds: 2), .met, nil),
            (Sample.holding(1_000, kibibytesEach: 2, returned: 0.7, rounds: 2), .missed, nil),
            (
                Sample.holding(1_000, kibibytesEach: 2, lost: 1, rounds: 2), .missed,
                "999 of 1,000 were held, and 1 lost"
            ),
            (Sample.holding(1_000, kibibytesEach: 2, left: 3, rounds: 2), .missed, "3 descriptors were not given back"),
            (Sample.holding(1_000, kibibytesEach: 2, growth: 1.11, rounds: 2), .missed, "memory grew"),
            (Sample.holding(1_000, kibibytesEach: 2, growth: 1.09, rounds: 2), .met, nil),
            (Sample.holding(1_000, kibibytesEach: 0, rounds: 2), .invalid, "not measurable"),
            (Sample.holding(1_000, kibibytesEach: -1, rounds: 2), .invalid, "not measurable"),
        ] as [(CapacitySummary, CapacityRow.Verdict, String?)])
    func held(summary: CapacitySummary, verdict: CapacityRow.Verdict, note: String?) throws {
        let goal = CapacityGoal(.memoryReturned, atLeast: 0.75)
        let row = try #require(try rows(Sample.lines([(Sample.cell(.tandem, goal), [summary])])).first)
        #expect(row.verdict == verdict)
        #expect(note.map { note in row.notes.contains { $0.hasPrefix(note) } } ?? row.notes.isEmpty, "\(row.notes)")
    }

    @Test("A row without a side says why") func gaps() throws {
        let ours = Sample.cell(.tandem, Sample.ofFloor)
        let floor = Sample.cell(.floor, Sample.ofFloor)
        let trial = Sample.summary(Flood(perSecond: 100_000))
        let skipped = try rows(Sample.lines([(ours, [trial])], reasons: [(floor, .skipped, "it is not built")]))
        #expect(skipped.map(\.verdict) == [.skipped])
        #expect(skipped.map(\.notes) == [["it is not built"]])
        let failed = try rows(
            Sample.lines([(ours, [trial]), (floor, [trial])], reasons: [(ours, .failed, "2 connections were lost")]))
        #expect(failed.map(\.verdict) == [.failed])
        // Blocks that no two trials share cannot be compared.
        var apart = Sample.lines([(ours, [trial]), (floor, [trial])])
        apart[1].block = 2
        #expect(try rows(apart).map(\.verdict) == [.invalid])
        // Figures that stand for themselves need no floor.
        let goal = CapacityGoal(.memoryPerConnection, atMost: 2)
        let alone = try rows(
            Sample.lines(
                [(Sample.cell(.tandem, goal), [Sample.holding(100, kibibytesEach: 1)])],
                reasons: [(Sample.cell(.floor, goal), .skipped, "it is not built")]))
        #expect(alone.map(\.verdict) == [.met])
    }

    // MARK: Forms

    private func analysis(_ lines: [Observation] = Sample.observations) throws -> Analysis {
        try Report(options: ReportOptions(resamples: 200)).analyze(Sample.folder(lines))
    }

    @Test("The page is as recorded") func html() async throws {
        try Fixture.expectPage(
            try await HTMLRenderer(plotter: CaptionPlotter()).render(analysis()), matches: "capacity-report.html")
    }

    @Test("The Markdown report and the decision are as recorded") func markdown() throws {
        try Fixture.expect(MarkdownRenderer().render(analysis()), matches: "capacity-report.md")
        try Fixture.expect(DecisionRenderer().render(analysis()), matches: "capacity-decision.md")
    }

    @Test("The terminal's summary is as recorded and fits", arguments: [60, 160]) func terminal(width: Int) throws {
        let text = SummaryTable.text(try analysis(), width: width)
        for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
        try Fixture.expect(text, matches: "capacity-summary-\(width).txt")
    }

    @Test("figures.csv is as recorded, and figures.json has the same figures") func figures() throws {
        let text = FiguresCSVRenderer().render(try analysis())
        try Fixture.expect(text.replacing("\r\n", with: "\n"), matches: "capacity-figures.csv")
        let json = try JSONSerialization.jsonObject(with: Data(FiguresJSONRenderer().render(analysis()).utf8))
        let groups = try #require((json as? [String: Any])?["figures"] as? [[String: Any]])
        let figures = groups.flatMap { $0["figures"] as? [[String: Any]] ?? [] }
        #expect(figures.count == text.split(separator: "\r\n").count - 1)
        #expect(figures.contains { $0["part"] as? String == "goal" && $0["text"] as? String == "met" })
    }

    @Test("Its own forms alone are written") func files() async throws {
        let renderers: [any Renderer] = [
            CellsCSVRenderer(), SessionsCSVRenderer(), AuthJSONRenderer(), FiguresCSVRenderer(), FiguresJSONRenderer(),
        ]
        let files = try await Report(renderers: renderers, options: ReportOptions()).render(
            Sample.folder(Sample.observations))
        #expect(files.files.map(\.name) == ["figures.csv", "figures.json"])
    }

    @Test("Names and reasons of others are text") func textOfOthers() async throws {
        let script = "<script>alert(1)</script>|a_b*\u{1B}[31m\r\n=1+1"
        var lines = Sample.observations
        for index in lines.indices {
            lines[index].cell.load.name = script
            lines[index].cell.transport = script
            if lines[index].status != .ok { lines[index].reason = script }
        }
        let analysis = try analysis(lines)
        let html = try await HTMLRenderer(plotter: CaptionPlotter()).render(analysis)
        #expect(!html.contains("<script>alert") && html.contains("&lt;script&gt;alert(1)"))
        #expect(!MarkdownRenderer().render(analysis).contains("<script>"))
        #expect(!SummaryTable.text(analysis, width: 100).unicodeScalars.contains("\u{1B}"))
    }
}
