/// The size that a chart is drawn for. A chart that is only scaled down to a phone cannot be read there.
public enum ChartCanvas: String, Sendable, Hashable, CaseIterable {
    case wide
    case narrow

    /// In CSS pixels.
    public var width: Int { self == .wide ? 640 : 340 }
    /// In CSS pixels; a dot plot grows with its rows.
    public func height(rows: Int) -> Int {
        let base = self == .wide ? 360 : 320
        return rows == 0 ? base : max(150, 84 + 34 * rows)
    }
}
