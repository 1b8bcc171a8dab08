/// A chart with its caption and a table of the same figures, for readers who cannot read a chart or prefer a table.
public struct Figure: Sendable {
    public var chart: Chart
    /// What the chart shows, and how to read it.
    public var caption: String
    public var table: FigureTable
}
