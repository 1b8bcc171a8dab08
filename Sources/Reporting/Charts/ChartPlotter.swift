/// Whatever turns a chart into an SVG element that can stand inside an HTML page.
public protocol ChartPlotter: Sendable {
    /// Draws one chart.
    ///
    /// - Throws: `ChartError` when the drawing program is missing, fails or takes too long.
    func plot(_ chart: Chart, canvas: ChartCanvas) async throws -> String
}
