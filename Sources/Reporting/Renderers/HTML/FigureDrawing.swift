/// Draws the charts of a page. A chart that cannot be drawn is replaced by the reason.
struct FigureDrawing {
    let plotter: any ChartPlotter

    func draw(_ figures: [Figure]) async throws -> [PageFigure] {
        var drawn: [PageFigure] = []
        for figure in figures { drawn.append(try await draw(figure)) }
        return drawn
    }

    private func draw(_ figure: Figure) async throws -> PageFigure {
        var page = PageFigure(
            title: figure.chart.title, caption: figure.caption, drawings: [], failure: nil,
            legend: legend(figure.chart), table: PageTable(figure.table))
        guard !figure.chart.isEmpty else { return page }
        do {
            for canvas in ChartCanvas.allCases {
                page.drawings.append(try await plotter.plot(figure.chart, canvas: canvas))
            }
        } catch let error as ChartError {
            // A report without drawings is still useful. It says what is missing and how to get it.
            page.drawings = []
            page.failure = error.message
        }
        return page
    }

    private func legend(_ chart: Chart) -> [PageFigure.LegendItem] {
        chart.series.filter(\.isInLegend).map { series in
            let tone =
                switch series.tone {
                case .series(let index): "tone-\(index % ChartInk.seriesCount + 1)"
                case .floor: "tone-floor"
                case .reference: "tone-reference"
                }
            let shape =
                switch series.style {
                case .line: "line"
                case .dashedLine: "dashed"
                case .dottedLine: "dotted"
                case .points, .linePoints: "dot"
                case .band: "area"
                case .hollowPoints: "hollow"
                case .bars: "bar"
                }
            return PageFigure.LegendItem(name: series.name, tone: tone, shape: shape)
        }
    }
}
