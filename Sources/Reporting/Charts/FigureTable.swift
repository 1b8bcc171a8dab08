/// A table of figures in which each row has a label.
public struct FigureTable: Sendable, Hashable {
    public var caption: String
    public var columns: [String]
    public var rows: [Row]

    public struct Row: Sendable, Hashable {
        public var label: String
        public var cells: [String]
    }
}
