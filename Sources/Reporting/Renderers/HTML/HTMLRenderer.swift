/// `report.html`: one file that contains its style and its charts, and loads nothing from the network.
public struct HTMLRenderer: Renderer {
    public let fileName = "report.html"
    public let purpose = "the report for people: verdict, tables, charts, findings; one self-contained page"
    private let plotter: any ChartPlotter

    public init(plotter: any ChartPlotter = Gnuplot()) {
        self.plotter = plotter
    }

    public func render(_ analysis: Analysis) async throws -> String {
        try PageTemplates.shared.get().render(try await Page(analysis, FigureDrawing(plotter: plotter)))
    }
}
