/// A chart on the page: its drawings, or the reason why there are none.
struct PageFigure {
    var title: String
    var caption: String
    /// SVG elements that we made; empty if the chart could not be drawn.
    var drawings: [String]
    var failure: String?
    var legend: [LegendItem]
    var table: PageTable

    struct LegendItem {
        var name: String
        var tone: String
        var shape: String
    }
}
