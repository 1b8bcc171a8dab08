import ExperimentModel
import Measurement
import Reporting
import Testing

@Suite struct AnalysisTests {
    private static let sse = Subject(Cell(transport: "sse", load: SampleRun.fanOut))
    private static let webSocket = Subject(Cell(transport: "websocket", load: SampleRun.fanOut))

    /// A run of two transports under one condition.
    private func small(blocks: Int = 6) -> SampleRun {
        SampleRun(
            blocks: blocks, loads: [SampleRun.fanOut], pollIntervals: [], tls: [false], hasFloor: false,
            hasNoisePair: false)
    }

    /// Every value of a transport's trials times a factor.
    private func scaled(_ lines: [Observation], _ transport: String, by factor: Double) -> [Observation] {
        lines.map { line in
            guard line.cell.transport == transport, let latency = line.latency else { return line }
            func scale(_ summary: LatencySummary) -> LatencySummary {
                LatencySummary(
                    histogram: SparseHistogram(
                        summary.histogram.entries.map {
                            .init(value: Int64(Double($0.value) * factor), count: $0.count)
                        }),
                    censored: summary.censored)
            }
            var line = line
            line.latency = .init(corrected: scale(latency.corrected), uncorrected: scale(latency.uncorrected))
            return line
        }
    }

    @Test("A cell's figures are those of all its trials' values together, with an interval")
    func figuresArePooledOverTheTrialsOfACell() throws {
        let lines = small().observations()
        let analysis = try Fixture.analysis(lines)
        let cell = try #require(analysis.groups.first?.cell(Self.sse))
        let merged = lines.filter { $0.cell.id == cell.cell.id }.compactMap { $0.latency?.corrected }
        let all = merged.dropFirst().reduce(merged[0]) { $0.merged(with: $1) }
        for (metric, expected) in [
            (Metric.latencyP50, all.p50), (.latencyP90, all.p90), (.latencyP99, all.p99), (.latencyP999, all.p999),
            (.latencyMax, all.max),
        ] {
            let estimate = try #require(cell.figure(metric))
            #expect(estimate.value == expected.map(Double.init))
            #expect(estimate.trials == 6)
            #expect(estimate.values == all.count)
            let interval = try #require(estimate.interval)
            #expect(interval.contains(estimate.value))
        }
    }

    @Test("The same lines give the same intervals") func theSameLinesGiveTheSameIntervals() throws {
        let lines = small().observations()
        let first = try Fixture.analysis(lines).cells.map(\.figures)
        let second = try Fixture.analysis(lines).cells.map(\.figures)
        #expect(first == second)
    }

    @Test("A cell of one trial has figures without an interval, and no verdict")
    func aSingleTrialHasNoIntervalAndNoVerdict() throws {
        let analysis = try Fixture.analysis(small(blocks: 1).observations())
        for cell in analysis.cells {
            #expect(!cell.figures.isEmpty)
            #expect(cell.figures.values.allSatisfy { $0.interval == nil && $0.trials == 1 })
        }
        #expect(!analysis.contrasts.isEmpty)
        for contrast in analysis.contrasts {
            #expect(contrast.verdict == .notEnoughData)
            #expect(contrast.ratio != nil)
            #expect(contrast.obstacle != nil)
        }
    }

    @Test("A quantile that lies among censored values is not reached, and its pair has no verdict")
    func aQuantileAmongCensoredValuesIsNotReached() throws {
        var lines = small().observations()
        for index in lines.indices where lines[index].cell.transport == "websocket" && lines[index].block <= 3 {
            guard let latency = lines[index].latency else { continue }
            let censored = latency.corrected.count
            lines[index].latency = .init(
                corrected: LatencySummary(histogram: latency.corrected.histogram, censored: censored),
                uncorrected: LatencySummary(histogram: latency.uncorrected.histogram, censored: censored))
        }
        let analysis = try Fixture.analysis(lines)
        let cell = try #require(analysis.groups.first?.cell(Self.webSocket))
        let p99 = try #require(cell.figure(.latencyP99))
        #expect(p99.value == .infinity)
        // Three of six trials have it: some resamples reach the quantile, others never do.
        #expect(p99.interval?.upperBound == .infinity)
        #expect(try #require(cell.figure(.latencyP50)).value.isFinite)
        // A pair without a ratio must not be left out in silence.
        let contrast = try #require(
            analysis.contrast(Self.webSocket, against: Self.sse, .latencyP99, cell.condition))
        #expect(contrast.verdict == .notEnoughData)
        #expect(contrast.obstacle?.contains("3 of 6 blocks") == true)
    }

    /// The factor on WebSocket's latencies, and the verdict that it must lead to.
    @Test("A clear difference has the verdict of its direction", arguments: [(0.5, Verdict.lower), (2.0, .higher)])
    func aClearDifferenceHasAVerdict(factor: Double, verdict: Verdict) throws {
        let analysis = try Fixture.analysis(scaled(small().observations(), "websocket", by: factor))
        let condition = try #require(analysis.conditions.first)
        for metric in [Metric.latencyP50, .latencyP99] {
            let contrast = try #require(analysis.contrast(Self.webSocket, against: Self.sse, metric, condition))
            #expect(contrast.verdict == verdict)
            #expect(contrast.blocks == 6)
            #expect(contrast.obstacle == nil)
        }
    }

    @Test("Where trials saw a first event, it is a column and is compared") func firstEvents() throws {
        var lines = SampleRun(blocks: 5).observations()
        for index in lines.indices where lines[index].latency != nil {
            lines[index].timeToFirstEvent = lines[index].latency?.corrected
        }
        let analysis = try Fixture.analysis(lines)
        #expect(analysis.contrasts.contains { $0.metric == .firstEventP50 && $0.ratio != nil })
        #expect(MarkdownRenderer().render(analysis).contains("p50 time to first event"))
        let without = try Fixture.analysis(SampleRun(blocks: 2).observations())
        #expect(!MarkdownRenderer().render(without).contains("p50 time to first event"))
    }

    @Test("Identical trials are equivalent") func identicalTrialsAreEquivalent() throws {
        var lines = small().observations().filter { $0.cell.transport == "sse" && $0.cell.protocolVersion == "h1" }
        for line in lines {
            var twin = line
            twin.trial += 1000
            twin.cell = Cell(transport: "websocket", load: line.cell.load)
            lines.append(twin)
        }
        let analysis = try Fixture.analysis(lines)
        #expect(analysis.contrasts.count == Metric.compared.count - 1)
        #expect(analysis.contrasts.allSatisfy { $0.verdict == .equivalent && $0.ratio == 1 })
    }

    /// The weather of a block moves both sides: unpaired, a difference of a tenth would drown in it.
    @Test("A comparison is paired within blocks") func comparisonsArePairedWithinBlocks() throws {
        var lines = small(blocks: 8).observations().filter { $0.cell.protocolVersion == "h1" }
        let source = lines.filter { $0.cell.transport == "sse" }
        lines = []
        for line in source {
            for (transport, factor) in [("sse", 1.0), ("websocket", 0.9)] {
                var copy = scaled([line], "sse", by: factor * (line.block.isMultiple(of: 2) ? 4 : 1))[0]
                copy.cell = Cell(transport: transport, load: line.cell.load)
                copy.trial = lines.count + 1
                lines.append(copy)
            }
        }
        let analysis = try Fixture.analysis(lines)
        let condition = try #require(analysis.conditions.first)
        let contrast = try #require(analysis.contrast(Self.webSocket, against: Self.sse, .latencyP50, condition))
        #expect(contrast.verdict == .lower)
        #expect(abs((contrast.ratio ?? 0) - 0.9) < 0.005)
    }

    @Test("An invalid trial gives no figure, and its reason is kept") func anInvalidTrialGivesNoFigure() throws {
        var lines = small().observations()
        for index in lines.indices where lines[index].cell.transport == "websocket" {
            lines[index].status = .invalid
            lines[index].reason = "the load generator was busy 97 % of the window"
        }
        let analysis = try Fixture.analysis(lines)
        let cell = try #require(analysis.groups.first?.cell(Self.webSocket))
        #expect(cell.outcome == .invalid)
        #expect(cell.figures.isEmpty)
        #expect(cell.corrected == nil)
        #expect(cell.ledger == nil)
        #expect(analysis.contrasts.allSatisfy { $0.subject != Self.webSocket && $0.reference != Self.webSocket })
        let exclusion = try #require(analysis.exclusions.first)
        #expect(exclusion.trials == 6)
        #expect(exclusion.reason == "the load generator was busy 97 % of the window")
    }

    @Test("A repeated trial counts as its last line says") func aRepeatedTrialCountsAsItsLastLineSays() throws {
        var lines = small().observations()
        var failed = lines[0]
        failed.status = .failed
        failed.reason = "the server did not start"
        failed.latency = nil
        lines.insert(failed, at: 0)
        let analysis = try Fixture.analysis(lines)
        #expect(analysis.exclusions.isEmpty)
        #expect(analysis.completeness.recorded == lines.count - 1)
    }

    @Test("Neither the noise pair nor a floor is a subject that is compared")
    func theNoisePairIsNeitherASubjectNorAFloor() throws {
        var run = small()
        run.hasNoisePair = true
        run.hasFloor = true
        let analysis = try Fixture.analysis(run.observations())
        #expect(analysis.subjects.count == 4)
        #expect(analysis.groups.count == 1)
        #expect(analysis.groups[0].floors.map(\.subject.transport) == ["sse", "websocket"])
        #expect(Set(analysis.noise.map(\.metric)) == Set(Metric.compared).subtracting([.firstEventP50]))
        #expect(analysis.noise.allSatisfy { $0.blocks == 6 && ($0.factor ?? 9) < 1.2 })
        let floor = try #require(analysis.groups[0].floor(for: Self.webSocket))
        #expect(floor.subject.transport == "websocket")
    }

    @Test("A difference within the noise is marked") func aDifferenceWithinTheNoiseIsMarked() throws {
        var run = small()
        run.hasNoisePair = true
        let lines = run.observations().map { line -> Observation in
            line.cell.arm == .b ? scaled([line], "sse", by: 3)[0] : line
        }
        let analysis = try Fixture.analysis(scaled(lines, "websocket", by: 0.5))
        let condition = try #require(analysis.conditions.first)
        let contrast = try #require(analysis.contrast(Self.webSocket, against: Self.sse, .latencyP50, condition))
        #expect(contrast.verdict == .lower)
        #expect(contrast.isWithinNoise)
    }

    @Test("The memory of a connection is the slope over the sizes of the population")
    func memoryGrowsByTheSlope() throws {
        var run = small(blocks: 3)
        run.loads = [500, 1000, 4000].map {
            LoadProfile(name: "held-\($0)", connections: $0, orders: $0, updatesPerSecond: 10)
        }
        let analysis = try Fixture.analysis(run.observations())
        let fit = try #require(analysis.memory.first { $0.subject == Self.sse })
        #expect(fit.points.count == 9)
        let slope = try #require(fit.slope)
        // The sample's SSE connection costs 1,190 bytes, each trial off by about 1 %.
        #expect(abs(slope / 1190 - 1) < 0.05)
        #expect(try #require(fit.slopeInterval).contains(slope))
    }

    @Test("A footprint over several sizes of the population is a slope")
    func aFootprintIsASlopeOverSeveralSizes() throws {
        var run = small(blocks: 3)
        run.loads = [500, 1000, 4000].map {
            LoadProfile(name: "held-\($0)", connections: $0, orders: $0, updatesPerSecond: 10)
        }
        let analysis = try Fixture.analysis(run.observations())
        let footprint = try #require(analysis.footprints.first { $0.subject == Self.sse })
        #expect(footprint.isSlope)
        #expect(footprint.populations == [500, 1000, 4000])
        #expect(footprint.trials == 9)
        // The sample's load takes twice what its server does, and the kernel 8,700 bytes.
        #expect(abs(try #require(footprint.user).value / 1190 - 1) < 0.05)
        #expect(abs(try #require(footprint.load).value / 2380 - 1) < 0.05)
        #expect(abs(try #require(footprint.kernel).value - 8700) < 1)
        let descriptors = footprint.descriptors
        #expect([descriptors.before, descriptors.held, descriptors.after] == [14, 4014, 14])
        // A twentieth of the largest population's memory stays.
        #expect(abs(try #require(footprint.notReturned).value / (4000 * 1190 / 20) - 1) < 0.05)
    }

    @Test("A footprint of one size of the population is a quotient") func aFootprintOfOneSizeIsAQuotient() throws {
        let footprint = try #require(
            try Fixture.analysis(small().observations()).footprints.first { $0.subject == Self.sse })
        #expect(!footprint.isSlope)
        #expect(abs(try #require(footprint.user).value / 1190 - 1) < 0.05)
    }

    @Test("Memory that was not read has no footprint, and the report says so")
    func whatWasNotReadHasNoFootprint() throws {
        let lines = small().observations().map { line in
            var line = line
            line.resources?.server?.before = nil
            return line
        }
        #expect(try Fixture.analysis(lines).footprints.isEmpty)
        #expect(MarkdownRenderer().render(try Fixture.analysis(lines)).contains("was not read"))
    }

    @Test("Cells that share no block are not compared, and the report says so")
    func cellsThatShareNoBlockAreNotCompared() throws {
        let lines = small().observations().map { line in
            var line = line
            let isEven = line.block.isMultiple(of: 2)
            guard line.cell.transport == (isEven ? "sse" : "websocket") else { return line }
            (line.status, line.reason) = (.failed, "the server did not start")
            return line
        }
        let analysis = try Fixture.analysis(lines)
        let condition = try #require(analysis.conditions.first)
        let contrast = try #require(analysis.contrast(Self.webSocket, against: Self.sse, .latencyP99, condition))
        #expect(contrast.verdict == .notEnoughData)
        #expect(contrast.obstacle == "they share no block")
        #expect(contrast.blocks == 0)
        #expect(contrast.ratio == nil)
        #expect(DecisionRenderer().render(analysis).contains("they share no block"))
    }

    @Test("Every percentile of a curve has its interval, and agrees with the table")
    func everyPercentileHasItsInterval() throws {
        let analysis = try Fixture.analysis(small().observations())
        let cell = try #require(analysis.groups.first?.cell(Self.sse))
        #expect(cell.correctedCurve.points.count == QuantileCurve.percentiles.count)
        for (percentile, metric) in [(50.0, Metric.latencyP50), (99, .latencyP99), (100, .latencyMax)] {
            let point = try #require(cell.correctedCurve.points.first { $0.quantile == percentile / 100 })
            #expect(point.estimate == cell.figure(metric))
        }
        let values = cell.correctedCurve.points.map(\.estimate.value)
        #expect(values == values.sorted())
        #expect(cell.correctedCurve.points.allSatisfy { $0.estimate.interval?.contains($0.estimate.value) == true })
    }

    @Test("One size of the population has no slope") func oneSizeOfPopulationHasNoSlope() throws {
        let analysis = try Fixture.analysis(small().observations())
        #expect(!analysis.memory.isEmpty)
        #expect(analysis.memory.allSatisfy { $0.slope == nil })
    }

    @Test("A run without a line is an error") func nothingToReportOnIsAnError() {
        #expect(throws: ReportError.self) { try Fixture.analysis([]) }
    }
}
