import ExperimentModel
import Foundation
import Measurement
import Reporting
import Testing

/// What must hold of a report whatever the run looks like.
@Suite struct ReportShapeTests {
    private func html(_ lines: [Observation], _ plotter: any ChartPlotter = CaptionPlotter()) async throws -> String {
        try await HTMLRenderer(plotter: plotter).render(try Fixture.analysis(lines))
    }

    /// Drawn once: charts take a second.
    private static let drawn = Task {
        try await HTMLRenderer(plotter: Gnuplot()).render(try Fixture.analysis(SampleRun(blocks: 2).observations()))
    }

    @Test("The page is one file that asks nothing of the network") func thePageIsOneFile() async throws {
        let html = try await Self.drawn.value
        for request in ["src=", "<link", "<script", "@import", "url(", "http://", "https://"] {
            #expect(!html.contains(request), "\(request) would ask the network")
        }
        #expect(html.ranges(of: "<h1>").count == 1)
        for landmark in ["<main>", "<header", "<nav", "<footer>"] { #expect(html.contains(landmark)) }
        #expect(html.contains("prefers-color-scheme: dark"))
        // Both sizes of every chart are there.
        #expect(html.ranges(of: "chart chart-wide").count == html.ranges(of: "chart chart-narrow").count)
        #expect(html.ranges(of: "chart chart-wide").count >= 8)
    }

    @Test("Every reference within the page leads to an element")
    func everyReferenceWithinThePageIsThere() async throws {
        let html = try await Self.drawn.value
        let ids = Set(html.matches(of: /\sid="([^"]+)"/).map { String($0.1) })
        #expect(ids.count == html.matches(of: /\sid="([^"]+)"/).count, "an id stands twice")
        for reference in html.matches(of: /(?:href=['"]#|aria-labelledby=")([^'"]+)['"]/) {
            #expect(ids.contains(String(reference.1)), "\(reference.1) leads nowhere")
        }
    }

    @Test("Captions speak of intervals where a cell has several trials alone")
    func captionsKnowWhereThereAreIntervals() async throws {
        let single = try await html(SampleRun(blocks: 1).observations())
        #expect(single.contains("No intervals: each cell has one trial.") && !single.contains("intervals over trials"))
        let several = try await html(SampleRun(blocks: 2).observations())
        #expect(several.contains("Shaded: 95 % bootstrap intervals over trials."))
        #expect(!several.contains("without intervals"))
    }

    @Test("SSE and WebSocket have the first two colours, whatever was measured beside them")
    func twoTransportsHaveTheFirstColours() throws {
        let analysis = try Fixture.analysis(SampleRun(blocks: 2).observations())
        let tones = Dictionary(grouping: analysis.subjects, by: \.transport).mapValues { $0.map(analysis.tone).min() }
        #expect(tones["sse"] == 0 && tones["websocket"] == 1)
        #expect(Set(analysis.subjects.map(analysis.tone)).count == analysis.subjects.count)
    }

    @Test("Without gnuplot the report says so, and opens the tables")
    func withoutGnuplotTheReportSaysSoAndShowsTheFigures() async throws {
        let html = try await html(SampleRun(blocks: 2).observations(), MissingPlotter())
        #expect(html.contains("This chart was not drawn: gnuplot is not installed"))
        #expect(html.contains("<details open>"))
    }

    @Test("A run that ended anywhere, even within its first block, has a report", arguments: [1, 2, 7, 23, 60])
    func anInterruptedRunHasAReport(trials: Int) async throws {
        let lines = Array(SampleRun(blocks: 3).observations().prefix(trials))
        let folder = ResultFolder(path: "", observations: lines)
        let report = Report(
            renderers: [
                HTMLRenderer(plotter: CaptionPlotter()), MarkdownRenderer(), DecisionRenderer(), CellsCSVRenderer(),
                PercentilesCSVRenderer(), ComparisonsCSVRenderer(),
            ], options: ReportOptions(resamples: 200))
        let files = try await report.render(folder)
        #expect(files.files.allSatisfy { !$0.contents.isEmpty })
        #expect(files["report.html"]?.contains("environment.json is missing") == true)
    }

    @Test("A run in which no trial gave a figure says why", arguments: [Observation.Status.invalid, .failed, .skipped])
    func aRunWithoutAFigureSaysWhy(status: Observation.Status) async throws {
        let lines = SampleRun(blocks: 2).observations().map { line in
            var line = line
            line.status = status
            line.reason = "port 0 was refused"
            return line
        }
        let html = try await html(lines)
        #expect(html.contains("No cell of this run gave a figure"))
        #expect(html.contains("port 0 was refused"))
        // No figure of an excluded trial may slip through.
        #expect(!html.contains(" ms</"))
        #expect(!html.contains(" µs</"))
        let decision = DecisionRenderer().render(try Fixture.analysis(lines))
        #expect(decision.contains("does not answer the question"))
        let summary = SummaryTable.text(lines, width: 80)
        #expect(summary.contains("\(status.rawValue): port 0 was refused"))
    }

    @Test("A run that was stopped after its floor says that the floor is all it has")
    func theFloorAlone() async throws {
        let lines = SampleRun(blocks: 1).observations().filter { $0.cell.server == .floor }.prefix(1)
        let summary = SummaryTable.text(Array(lines), width: 80)
        #expect(summary.contains("So far the floor alone was measured."), "\(summary)")
        let html = try await html(Array(lines))
        #expect(!html.contains("No cell of this run gave a figure"))
        #expect(!html.contains("All trials were invalid, failed or skipped"))
    }

    @Test("At 80 columns each table has CPU, bytes and a verdict, over TLS too")
    func narrowTables() throws {
        let text = SummaryTable.text(SampleRun(blocks: 2).observations(), width: 80)
        let tables = text.components(separatedBy: "\n\n").filter { $0.contains("connections on") }
        #expect(tables.count == 4)
        for table in tables {
            let head = table.split(separator: "\n")[1]
            for column in ["p50", "p99", "staleness", "CPU/update", "bytes"] {
                #expect(head.contains(column), "\(head)")
            }
            #expect(table.contains("p99 against SSE h1: SSE h2 "), "\(table)")
        }
    }

    @Test("The terminal says that no trial has ended yet") func noTrialAtAllIsSaidInTheTerminal() {
        #expect(SummaryTable.text([], width: 80) == "No trial has ended yet.\n")
    }

    @Test("The decision follows the data: if the figures turn round, so does the text")
    func theDecisionFollowsTheData() throws {
        let run = SampleRun(
            blocks: 6, loads: [SampleRun.fanOut], pollIntervals: [5], tls: [false], hasFloor: false, hasNoisePair: false
        )
        func decision(_ slow: String) throws -> String {
            let lines = run.observations().map { line -> Observation in
                guard line.cell.transport == slow, let latency = line.latency else { return line }
                var line = line
                func slower(_ summary: LatencySummary) -> LatencySummary {
                    LatencySummary(
                        histogram: .init(summary.histogram.entries.map { .init(value: $0.value * 3, count: $0.count) }))
                }
                line.latency = .init(corrected: slower(latency.corrected), uncorrected: slower(latency.uncorrected))
                return line
            }
            return DecisionRenderer().render(try Fixture.analysis(lines))
        }
        let slowSSE = try decision("sse")
        #expect(slowSSE.contains("WebSocket delivers sooner than SSE"))
        #expect(slowSSE.contains("latency decides, WebSocket, HTTP/1.1"))
        let slowWebSocket = try decision("websocket")
        #expect(slowWebSocket.contains("SSE delivers sooner than WebSocket"))
        #expect(slowWebSocket.contains("latency decides, SSE, HTTP/1.1"))
    }

    @Test("The costs of requests have columns only where a transport polls")
    func pollingHasColumnsForWhatItAsks() async throws {
        func hasColumns(_ lines: [Observation]) async throws -> Bool {
            let analysis = try Fixture.analysis(lines)
            let page = try await HTMLRenderer(plotter: CaptionPlotter()).render(analysis)
            let text = MarkdownRenderer().render(analysis)
            #expect(page.contains("<small>modelled</small>") == text.contains("upstream calls per update, modelled"))
            return page.contains(">Requests<small>per update</small>") && text.contains("requests per update")
        }
        let lines = SampleRun(blocks: 2).observations()
        #expect(try await hasColumns(lines))
        #expect(try await !hasColumns(lines.filter { ["sse", "websocket"].contains($0.cell.transport) }))
    }

    @Test("The client's figures stand beside the server's") func theClientStandsBesideTheServer() async throws {
        let analysis = try Fixture.analysis(SampleRun(blocks: 2).observations())
        for text in [
            try await HTMLRenderer(plotter: CaptionPlotter()).render(analysis), MarkdownRenderer().render(analysis),
            DecisionRenderer().render(analysis),
        ] {
            for words in ["Busiest thread", "CPU per update", "Floor: its part of a latency", "21.0 µs", "34.0 µs"] {
                #expect(text.contains(words), "\(words)")
            }
        }
    }

    @Test("What the data does not cover is what the vocabulary names and no cell measured")
    func theGapsFollowTheVocabulary() throws {
        func gaps(_ lines: [Observation], _ vocabulary: Vocabulary = .standard) throws -> String {
            let report = Report(options: ReportOptions(resamples: 200, vocabulary: vocabulary))
            let text = DecisionRenderer().render(try report.analyze(ResultFolder(path: "", observations: lines)))
            let sections = text.split(separator: "## ")
            return String(try #require(sections.first { $0.hasPrefix("What the data does not cover") }))
        }
        let all = SampleRun(blocks: 2).observations()
        let covered = try gaps(all)
        for words in ["TLS", "Transports", "Protocol versions", "Memory:"] { #expect(!covered.contains(words)) }
        for words in ["or 'none' gave a figure; all used bearer", "1 loop", "Reconnection", "Slow readers"] {
            #expect(covered.contains(words), "\(words): \(covered)")
        }

        let few = try gaps(all.filter { $0.cell.transport == "sse" && $0.cell.protocolVersion == "h1" && !$0.cell.tls })
        for words in ["WebSocket or Polling or Long polling", "over HTTP/2", "no cell over TLS"] {
            #expect(few.contains(words), "\(words): \(few)")
        }

        var vocabulary = Vocabulary.standard
        vocabulary.transports.append("carrier-pigeon")
        vocabulary.authSchemes.append("semaphore")
        let more = try gaps(all, vocabulary)
        #expect(more.contains("no cell with carrier-pigeon"))
        #expect(more.contains("'none' or 'semaphore'"))
    }

    @Test("What is left to another study names an experiment that there is") func otherStudies() throws {
        let text = DecisionRenderer().render(try Fixture.analysis(SampleRun(blocks: 2).observations()))
        let named = text.matches(of: /Experiments\/([a-z]+)\.yaml is for that/).map { String($0.1) }
        #expect(Set(named) == Set(Experiment.Study.allCases.map(\.rawValue)).subtracting(["delivery", "capacity"]))
        for name in named {
            #expect(FileManager.default.fileExists(atPath: "\(Fixture.folder)/../../../Experiments/\(name).yaml"))
        }
    }

    @Test("The long form has a line for each figure of every study, in one form") func longForm() throws {
        let header =
            (["study", "cell"] + Factor.all.map(\.key)).joined(separator: ",")
            + ",connections,trials,part,item,figure,value,low,high,values,censored,text"
        let columns = header.split(separator: ",").map(String.init)
        let delivery = try Fixture.analysis(SampleRun(blocks: 2).observations())
        let sessions = try SampleSessionsRun.analysis(
            ResultFolder(path: "", observations: SampleSessionsRun(study: .drain).observations()))
        for analysis in [delivery, sessions] {
            let rows = FiguresCSVRenderer().render(analysis).split(separator: "\r\n")
            #expect(rows.first.map(String.init) == header)
            let counts = rows.map { row in
                row.replacing(/"[^"]*"/, with: "q").split(separator: ",", omittingEmptySubsequences: false).count
            }
            #expect(Set(counts) == [columns.count])
        }
        // Each column of cells.csv that is a figure is a line here, with the same number.
        let lines = FiguresCSVRenderer().render(delivery).split(separator: "\r\n").map {
            $0.replacing(/"[^"]*"/, with: "q").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let table = CellsCSVRenderer().render(delivery).split(separator: "\r\n").map {
            $0.replacing(/"[^"]*"/, with: "q").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        func column(_ name: String) throws -> Int { try #require(columns.firstIndex(of: name)) }
        let (figure, number) = (try column("figure"), try column("value"))
        for row in table.dropFirst() {
            for (name, value) in zip(table[0], row) where name == "latency_p99_ns" || name == "expected" {
                let line = lines.first { $0[1] == row[0] && $0[figure] == name }
                #expect((line?[number] ?? "") == value, "\(row[0]) \(name)")
            }
        }
        let (part, text) = (try column("part"), try column("text"))
        #expect(lines.contains { $0[part] == "comparison" && $0[text] == "lower" })
    }

    @Test("Every row of a CSV file has the columns of its header")
    func everyRowOfACSVHasTheColumnsOfItsHeader() throws {
        let analysis = try Fixture.analysis(SampleRun(blocks: 2).observations())
        let files = [
            CellsCSVRenderer().render(analysis), PercentilesCSVRenderer().render(analysis),
            ComparisonsCSVRenderer().render(analysis), FiguresCSVRenderer().render(analysis),
        ]
        for file in files {
            let rows = file.split(separator: "\r\n").map { row in
                row.replacing(/"[^"]*"/, with: "q").split(separator: ",", omittingEmptySubsequences: false).count
            }
            #expect(rows.count > 1)
            #expect(Set(rows).count == 1)
        }
    }
}
