/// `report.html`: one file with its style and its charts inside, which asks the network for nothing.
public struct HTMLRenderer: Renderer {
    public let fileName = "report.html"
    public let purpose = "the report for people: verdict, tables, charts, findings; one self-contained page"
    private let plotter: any ChartPlotter

    public init(plotter: any ChartPlotter = Gnuplot()) {
        self.plotter = plotter
    }

    public func render(_ analysis: Analysis) async throws -> String {
        if let auth = analysis.auth {
            return try PageTemplates.shared.get().render(AuthPage(analysis, auth))
        }
        if let sessions = analysis.sessions {
            let page = try await SessionsPage(analysis, sessions, FigureDrawing(plotter: plotter))
            return try PageTemplates.shared.get().render(page)
        }
        let page = try await PageBuilder(analysis: analysis, plotter: plotter).page()
        return try PageTemplates.shared.get().render(page)
    }
}
