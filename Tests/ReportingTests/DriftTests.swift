import ExperimentModel
import Reporting
import Testing

/// What creeps in the course of a long window.
@Suite struct DriftTests {
    /// An hour, a sample each minute. Memory grows by 6 MiB an hour in the first trial, 12 MiB in the second, 24 MiB in the
    /// third; the latency's p99 falls by 60 us an hour.
    private func lines(transports: [String] = ["sse"], trials: Int = 3) -> [Observation] {
        var lines: [Observation] = []
        for block in 1...trials {
            for transport in transports {
                let cell = Cell(transport: transport, load: SampleRun.fanOut)
                var line = SampleRun().line(
                    cell, number: lines.count + 1, block: block, position: 1, status: .ok)
                let grown = Double(1 << (block - 1)) * 6 * 1_048_576
                line.samples = (1...60).map { minute in
                    let hours = Double(minute) / 60
                    return WindowSample(
                        seconds: Double(minute) * 60, latencyP50: 500_000,
                        latencyP99: minute == 30 ? nil : 1_000_000 - Int64(60_000 * hours), updates: 600_000,
                        serverRssBytes: 50 * 1_048_576 + Int64(grown * hours), serverDescriptors: 1_014)
                }
                lines.append(line)
            }
        }
        return lines
    }

    @Test("The change over time is the median of the trials") func theChangeIsTheMedianOfTheTrials() throws {
        let cell = try #require(try Fixture.analysis(lines()).cells.first)
        let drift = try #require(cell.drift)
        #expect(drift.seconds == 3_600)
        let memory = try #require(drift.memory)
        #expect(abs(memory.value / (12 * 1_048_576) - 1) < 1e-3)
        #expect(memory.trials == 3)
        #expect(try #require(memory.interval).contains(6.1 * 1_048_576))
        #expect(abs(try #require(drift.latencyP99).value + 60_000) < 100)
    }

    /// The samples of a trial are no independent evidence of how far its slope can be trusted.
    @Test("The change of one trial has no interval") func oneTrialHasNoInterval() throws {
        let drift = try #require(try Fixture.analysis(lines(trials: 1)).cells.first?.drift)
        #expect(drift.memory != nil && drift.memory?.interval == nil)
    }

    @Test("Every form of the report shows the change over time") func everyFormShowsIt() async throws {
        let analysis = try Fixture.analysis(lines(transports: ["sse", "websocket"]))
        let html = try await HTMLRenderer(plotter: CaptionPlotter()).render(analysis)
        for text in [html, MarkdownRenderer().render(analysis), DecisionRenderer().render(analysis)] {
            for words in [
                "Over time", "+12.0 MiB", "6.00 to 24.0 MiB", "-60.0 µs", "1,014 → 1,014", "60 min",
                "resident memory went from",
            ] { #expect(text.replacing("\u{A0}", with: " ").contains(words), "\(words)") }
            #expect(!text.contains("What creeps"))
        }
        for words in ["Server memory over time, fan-out, plain", "Latency over time, fan-out", "block 3, 60 min"] {
            #expect(html.contains(words), "\(words)")
        }
        let csv = SamplesCSVRenderer().render(analysis).split(separator: "\r\n")
        let samples = 2 * 3 * 60
        #expect(csv.count == 1 + samples)
        #expect(csv.last?.hasSuffix("3,3600,500000,940000,600000,77594624,1014") == true)
        #expect(CellsCSVRenderer().render(analysis).contains("memory_change_bytes_per_hour"))
    }

    @Test("A run of short windows says that it has no change over time")
    func aRunOfShortWindowsSaysThatItLacksIt() async throws {
        let analysis = try Fixture.analysis(SampleRun(blocks: 2).observations())
        let html = try await HTMLRenderer(plotter: CaptionPlotter()).render(analysis)
        #expect(!html.contains("Over time"))
        #expect(!SamplesCSVRenderer().applies(to: analysis))
        #expect(DecisionRenderer().render(analysis).contains("What creeps"))
    }

    @Test("A sample that was not read is left out, and is no zero") func whatWasNotReadIsLeftOut() async throws {
        var lines = lines(trials: 1)
        for index in lines[0].samples?.indices ?? 0..<0 {
            lines[0].samples?[index].serverRssBytes = nil
            lines[0].samples?[index].serverDescriptors = nil
        }
        let analysis = try Fixture.analysis(lines)
        #expect(analysis.cells.first?.drift?.memory == nil)
        let html = try await HTMLRenderer(plotter: Gnuplot()).render(analysis)
        #expect(!html.contains("Server memory over time"))
        #expect(html.contains("Latency over time"))
    }
}
