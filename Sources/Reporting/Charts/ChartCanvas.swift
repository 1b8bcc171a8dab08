/// The size that a chart is drawn for. A chart that is only scaled down to a phone cannot be read there.
public enum ChartCanvas: String, Sendable, Hashable, CaseIterable {
    case wide
    case narrow

    /// In CSS pixels.
    public var width: Int { self == .wide ? 640 : 340 }
    /// In CSS pixels; a dot plot grows with its rows, the more where their labels take two lines.
    public func height(rows: [String]) -> Int {
        let base = self == .wide ? 360 : 320
        let row = rows.contains { $0.count > rowLabelLength } ? 44 : 34
        return rows.isEmpty ? base : max(150, 84 + row * rows.count)
    }

    /// In characters: longer labels would leave what is drawn beside them no room, and are broken.
    public var rowLabelLength: Int { self == .wide ? 36 : 22 }
}
