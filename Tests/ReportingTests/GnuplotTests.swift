import Reporting
import Testing

@Suite struct GnuplotTests {
    private let chart = Chart(
        title: "Latency", summary: "p99 of two", x: .init("percentile", ticks: [.init(1, "90 %")], minimum: 0),
        y: .init("latency (ms)", isLogarithmic: true),
        series: [
            .init(name: "SSE & co", tone: .series(0), style: .line, points: [.init(x: 0, y: 1), .init(x: 2, y: 20)]),
            .init(
                name: "WebSocket", tone: .series(9), style: .linePoints,
                points: [.init(x: 0, y: 1), .init(x: 1, y: 4, interval: 3...5), .init(x: 2, y: .nan)]),
            .init(name: "floor", tone: .floor, style: .dottedLine, points: [.init(x: 0, y: 1), .init(x: 2, y: 9)]),
        ])

    @Test("A chart becomes one SVG element in the colours of the page", arguments: ChartCanvas.allCases)
    func aChartBecomesAThemedElement(canvas: ChartCanvas) async throws {
        let svg = try await Gnuplot().plot(chart, canvas: canvas)
        #expect(svg.hasPrefix("<svg class=\"chart chart-\(canvas.rawValue)\""))
        #expect(svg.hasSuffix("</svg>"))
        #expect(svg.contains("role=\"img\" aria-label=\"p99 of two\""))
        // Colours follow the page: none of gnuplot's own may be left, nor the sentinels.
        for colour in ["rgb(", "black", "white", "#0100"] { #expect(!svg.contains(colour), "\(colour) is left") }
        for variable in ["--chart-ink", "--chart-grid", "--series-1", "--series-2", "--chart-floor"] {
            #expect(svg.contains("var(\(variable))"), "\(variable) is missing")
        }
        #expect(svg.contains("<title>SSE &amp; co</title>"))
        #expect(svg.contains("90 %"))
        for outside in ["<?xml", "xlink", "font-family", "<defs"] { #expect(!svg.contains(outside)) }
    }

    @Test("A dot plot names its rows") func aDotPlotNamesItsRows() async throws {
        let dots = Chart(
            title: "Cost", summary: "cost", x: .init("CPU (µs)", minimum: 0), y: .init(""),
            series: [
                .init(
                    name: "all", tone: .series(1), style: .points,
                    points: [.init(x: 14, y: 0, interval: 13...15), .init(x: 96, y: 1)])
            ], rows: ["SSE h1, plain", "Polling 5s h1, 100 %"])
        let svg = try await Gnuplot().plot(dots, canvas: .narrow)
        #expect(svg.contains("SSE h1, plain"))
        #expect(svg.contains("Polling 5s h1, 100 %"))
    }

    @Test("A long label of bars is broken into two lines", arguments: ChartCanvas.allCases)
    func barsHaveRoomBesideLongLabels(canvas: ChartCanvas) async throws {
        let bars = Chart(
            title: "Phases", summary: "phases", x: .init("seconds", minimum: 0), y: .init(""),
            series: [
                .init(
                    name: "Detect", tone: .series(0), style: .bars,
                    points: [.init(x: 1, y: 0, interval: 0...1), .init(x: 2, y: 1, interval: 0...2)]),
                .init(name: "Wait", tone: .series(1), style: .bars, points: [.init(x: 3, y: 0, interval: 1...3)]),
            ], rows: ["WebSocket, full-jitter, replay-or-snapshot", "SSE, 100 %"])
        let svg = try await Gnuplot().plot(bars, canvas: canvas)
        // Each half in an element of its own.
        for text in [">WebSocket, full-jitter,<", ">replay-or-snapshot<", ">SSE, 100 %<"] {
            #expect(svg.replacing(" <", with: "<").replacing("> ", with: ">").contains(text), "\(text)")
        }
        #expect(svg.contains("<title>Detect</title>") && svg.contains("<title>Wait</title>"))
        #expect(!svg.contains("#0100") && svg.contains("var(--series-2)"))
    }

    @Test("A missing gnuplot is an error that names its package")
    func aMissingProgramIsNamedWithItsPackage() async throws {
        let plotter = Gnuplot(program: "gnuplot-that-is-not-there")
        let error = await #expect(throws: ChartError.self) { try await plotter.plot(chart, canvas: .wide) }
        #expect(error?.code == .missingProgram)
        #expect(error?.message.contains("gnuplot-nox") == true)
    }

    @Test("A chart that gnuplot refuses is an error") func aFailureCarriesGnuplotsComplaint() async throws {
        let error = await #expect(throws: ChartError.self) { try await Gnuplot().draw("plot nonsense(\n") }
        #expect(error?.code == .failed)
    }

    @Test("A drawing that does not end is stopped at the time limit")
    func aDrawingThatNeverEndsIsStopped() async throws {
        let plotter = Gnuplot(timeLimit: .milliseconds(200))
        let error = await #expect(throws: ChartError.self) { try await plotter.draw("while (1) { x = 1 }\n") }
        #expect(error?.code == .timedOut)
    }
}
