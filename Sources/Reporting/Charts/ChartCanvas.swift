/// The size of a drawing. A wide chart that is scaled down to a phone's screen cannot be read.
public enum ChartCanvas: String, Sendable, Hashable, CaseIterable {
    case wide
    case narrow

    /// In CSS pixels.
    public var width: Int { self == .wide ? 640 : 340 }
    /// In CSS pixels. A dot plot grows with its rows, more so if their labels take two lines.
    public func height(rows: [String]) -> Int {
        let base = self == .wide ? 360 : 320
        let row = rows.contains { $0.count > rowLabelLength } ? 44 : 34
        return rows.isEmpty ? base : max(150, 84 + row * rows.count)
    }

    /// In characters. Longer labels are broken into two lines, because they would leave no room for the bars.
    public var rowLabelLength: Int { self == .wide ? 36 : 22 }
}
