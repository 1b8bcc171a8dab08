/// Draws charts as SVG elements for an HTML page.
public protocol ChartPlotter: Sendable {
    /// - Throws: `ChartError` if the drawing program is missing, fails or takes too long.
    func plot(_ chart: Chart, canvas: ChartCanvas) async throws -> String
}
