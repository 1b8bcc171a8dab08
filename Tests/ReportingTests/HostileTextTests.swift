import ExperimentModel
import Reporting
import Testing

/// Names and reasons come from servers and files of others: in no form of the report may they be more than text.
@Suite struct HostileTextTests {
    private static let script = "<script>alert(1)</script>"
    /// A quote that carries a combining mark is one `Character` equal to no quote, yet a quote to a browser.
    private static let markedQuote = "\"\u{301} onmouseover=\u{301}\"alert(2)"
    // Not within `#expect`: its own quoting goes by characters too.
    private static let quoteWithMark = "\"\u{301}"
    private static let doubledQuoteWithMark = "\"\"\u{301} onmouseover"
    private static let everything = "\(script)\(markedQuote)'`touch pwned`|a_b*c*[x](javascript:y)\u{1B}[31m\r\n=1+1"

    private func analysis() throws -> Analysis {
        let load = LoadProfile(name: Self.everything, connections: 10, orders: 1, updatesPerSecond: 10)
        var run = SampleRun(blocks: 2, loads: [load], tls: [false])
        run.experiment = Self.everything
        var lines = run.observations()
        for index in lines.indices where lines[index].cell.transport == "websocket" {
            lines[index].status = .invalid
            lines[index].reason = Self.everything
        }
        for index in lines.indices where lines[index].cell.transport == "long-polling" {
            lines[index].cell.transport = Self.everything
        }
        var environment = SampleRun.environment
        environment.hostname = Self.everything
        environment.libraries[Self.everything] = Self.everything
        let folder = ResultFolder(
            path: "", observations: lines, environment: environment, tornLine: Self.everything)
        return try Report(options: ReportOptions(title: Self.everything, resamples: 200)).analyze(folder)
    }

    @Test("Names and reasons of others are text in HTML")
    func htmlShowsItAsText() async throws {
        let html = try await HTMLRenderer(plotter: CaptionPlotter()).render(try analysis())
        #expect(html.contains("&lt;script&gt;alert(1)"))
        // Compared by scalars: as characters, a quote with a combining mark would not be found.
        let scalars = Array(html.unicodeScalars)
        #expect(!contains(scalars, "<script"))
        #expect(!contains(scalars, Self.quoteWithMark))
        #expect(!contains(scalars, "\u{1B}"))
    }

    @Test("Names of others are text in charts")
    func chartsShowItAsText() async throws {
        let chart = Chart(
            title: Self.everything, summary: Self.everything,
            x: Chart.Axis(Self.everything, ticks: [.init(1, Self.everything)]), y: Chart.Axis(Self.everything),
            series: [
                Chart.Series(
                    name: Self.everything, tone: .series(0), style: .line,
                    points: [.init(x: 0, y: 0), .init(x: 1, y: 1)])
            ])
        let svg = try await Gnuplot().plot(chart, canvas: .wide)
        let scalars = Array(svg.unicodeScalars)
        #expect(!contains(scalars, "<script"))
        #expect(!contains(scalars, Self.quoteWithMark))
        #expect(svg.contains("<title>&lt;script&gt;"))
    }

    @Test("Names and reasons of others are text in Markdown")
    func markdownShowsItAsText() throws {
        for text in [MarkdownRenderer().render(try analysis()), DecisionRenderer().render(try analysis())] {
            #expect(!text.contains("<script"))
            #expect(text.contains("\\[x\\](javascript"))
            #expect(!text.replacing("\\]", with: "").contains("](javascript"))
            #expect(!text.contains("\u{1B}"))
            // No cell of a table may hold a bar of its own: every row has the columns of its header.
            for line in text.split(separator: "\n") where line.hasPrefix("| ") {
                #expect(!line.replacing("\\|", with: "").contains("touch pwned|"))
            }
        }
    }

    @Test("Names of others are quoted in CSV, and start no formula")
    func csvQuotesItAndStartsNoFormula() throws {
        let csv = CellsCSVRenderer().render(try analysis())
        #expect(contains(Array(csv.unicodeScalars), Self.doubledQuoteWithMark))
        var load = LoadProfile(name: "=1+1", connections: 1, orders: 1, updatesPerSecond: 1)
        load.name = "=1+1"
        let formula = SampleRun(blocks: 1, loads: [load], tls: [false], hasFloor: false, hasNoisePair: false)
        let cells = CellsCSVRenderer().render(try Fixture.analysis(formula.observations()))
        #expect(cells.contains(",'=1+1,"))
        #expect(!cells.contains(",=1+1,"))
    }

    @Test("Names of others do not steer a terminal")
    func theTerminalIsNotSteered() throws {
        let text = SummaryTable.text(try analysis(), width: 100)
        #expect(!text.unicodeScalars.contains("\u{1B}"))
        #expect(!text.unicodeScalars.contains("\r"))
    }

    private func contains(_ scalars: [Unicode.Scalar], _ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        return scalars.indices.contains { index in
            index + wanted.count <= scalars.count && Array(scalars[index..<index + wanted.count]) == wanted
        }
    }
}
