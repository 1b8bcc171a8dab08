/// A chart with its caption and the table of the same figures, for those who cannot or would rather not read a chart.
public struct Figure: Sendable {
    public var chart: Chart
    /// What is shown, and how to read it.
    public var caption: String
    public var table: FigureTable
}
