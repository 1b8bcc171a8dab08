import ExperimentModel
import Measurement
import Reporting
import Testing

@Suite struct PrimaryAnalysisTests {
    private static let cells = SampleRun().cells.filter { $0.role == .measure }
    private static let pairs = cells.filter { $0.transport == "websocket" }.map { cell in
        PrimaryPlan.Pair(
            cell: cell.id,
            against: cells.first {
                $0.transport == "sse" && $0.protocolVersion == "h1" && $0.tls == cell.tls && $0.load == cell.load
            }!.id)
    }

    private static func plan(
        _ metrics: [PrimaryPlan.Criterion] = [
            .init("latency-p50", margin: 0.2, milliseconds: 10), .init("cpu-per-update", margin: 0.02),
            .init("bytes-per-update", margin: 0.2),
        ], looks: [Int] = [3, 5, 8]
    ) -> PrimaryPlan { PrimaryPlan(pairs: pairs, metrics: metrics, looks: looks) }

    private static func manifest(_ plan: PrimaryPlan, trials: Int) -> RunManifest {
        RunManifest(
            run: "quick-20261123T090000Z", experiment: "quick", title: "Quick", seed: 20_261_123,
            startedAt: "2026-11-23T09:00:00Z", trials: trials, estimatedSeconds: 60, equivalenceMargin: 0.1,
            primary: plan)
    }

    @Test("The ratios of all conditions are pooled, and each metric has its verdict") func verdicts() throws {
        let analysis = PrimaryAnalysis(Self.plan(), SampleRun(blocks: 3).observations(), seed: 1)
        #expect(analysis.blocks == 3 && analysis.look == 3 && analysis.isDecided)
        let (latency, cpu, bytes) = (analysis.results[0], analysis.results[1], analysis.results[2])
        #expect(analysis.results.allSatisfy { $0.comparison.pairs == 12 })
        // 690 µs against 720 µs: whatever it is, 10 ms are out of the question.
        #expect(latency.comparison.isEquivalent && latency.margin > 10)
        // 12.7 µs against 14.1 µs.
        #expect(cpu.comparison.isLower && !cpu.comparison.isEquivalent && abs(cpu.ratio - 0.9) < 0.03)
        #expect(cpu.interval?.contains(0.9) == true)
        // 241 B against 268 B: certain, and within the margin.
        #expect(bytes.comparison.isLower && bytes.comparison.isEquivalent)
    }

    @Test("Between two looks the verdict is that of the look before") func looks() throws {
        let lines = SampleRun(blocks: 4).observations()
        let (third, fourth) = (
            PrimaryAnalysis(Self.plan(), lines.filter { $0.block <= 3 }, seed: 1),
            PrimaryAnalysis(Self.plan(), lines, seed: 1)
        )
        #expect(fourth.blocks == 4 && fourth.look == 3)
        #expect(fourth.results.map(\.ratio) == third.results.map(\.ratio))
        let early = PrimaryAnalysis(Self.plan(), lines.filter { $0.block <= 2 }, seed: 1)
        #expect(early.look == nil && !early.isDecided)
        // A block that is not complete does not count.
        let cut = PrimaryAnalysis(Self.plan(), Array(lines.dropLast(lines.count / 4 - 1)), seed: 1)
        #expect(cut.blocks == 3)
    }

    @Test("With a figure that allows no ratio nothing is decided") func unusable() throws {
        var lines = SampleRun(blocks: 3).observations()
        for index in lines.indices where lines[index].cell.id == Self.pairs[0].cell && lines[index].block == 2 {
            lines[index].resources?.traffic?.wireBytesSent = 0
            lines[index].resources?.traffic?.wireBytesReceived = 0
        }
        let analysis = PrimaryAnalysis(Self.plan(), lines, seed: 1)
        #expect(analysis.results.map(\.unusable) == [0, 0, 1])
        #expect(analysis.results.map(\.isDecided) == [true, true, false] && !analysis.isDecided)
    }

    @Test("A failed trial takes its pair away, and not the block") func failed() throws {
        var lines = SampleRun(blocks: 3).observations()
        let index = try #require(lines.firstIndex { $0.cell.id == Self.pairs[0].cell })
        lines[index].status = .failed
        let analysis = PrimaryAnalysis(Self.plan(), lines, seed: 1)
        #expect(analysis.blocks == 3 && analysis.results.allSatisfy { $0.comparison.pairs == 11 })
    }

    // MARK: In words

    private func report(_ plan: PrimaryPlan, blocks: Int, trials: Int) throws -> String {
        let analysis = try Fixture.analysis(
            SampleRun(blocks: blocks).observations(), manifest: Self.manifest(plan, trials: trials))
        return MarkdownRenderer().render(analysis)
    }

    @Test("The report begins with what was asked first") func words() throws {
        let text = try report(Self.plan(), blocks: 3, trials: 10_000)
        let headline =
            "WebSocket has the lower server CPU per update; WebSocket and SSE do not differ by anything that matters in p50 "
            + "latency and bytes per update"
        #expect(text.contains("**\(headline).**"))
        #expect(text.contains("which does not matter: a difference does from 10.0 ms on"))
        #expect(text.contains("In bytes per update WebSocket is certainly lower than SSE"))
        #expect(text.contains("which does not matter: a difference does from 20 % on"))
        #expect(text.contains("12 pairs of trials in 3 blocks of at most 8"))
        // The rest of the plan was not needed.
        #expect(!text.contains("not complete"))
        try Fixture.expect(text, matches: "primary-report.md")
    }

    @Test("What stayed open says what it would take") func open() throws {
        let text = try report(
            Self.plan([.init("latency-p99", margin: 0.002)], looks: [3, 1_000]), blocks: 3, trials: 10_000)
        #expect(text.contains("p99 latency of WebSocket and SSE stayed open"))
        #expect(text.contains("This run would have found a difference of"))
        #expect(text.firstMatch(of: /About [0-9,]+ more blocks? \([^)]+\) would decide it\./) != nil)
        #expect(text.contains("This run is not complete"))
    }
}
