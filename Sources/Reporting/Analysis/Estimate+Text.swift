extension Estimate {
    /// The figure and its interval: `1.20 ms (1.10 to 1.35 ms)`. An interval that reads the same as the figure is left
    /// out.
    func text(_ unit: Unit) -> String {
        let figure = unit.text(value)
        let range = intervalText(unit, joint: " to ")
        return range.isEmpty ? figure : "\(figure) (\(range))"
    }

    /// Empty if there is no interval, or it reads the same as the figure.
    func intervalText(_ unit: Unit, joint: String) -> String {
        guard let interval else { return "" }
        let range = unit.text(interval, joint: joint)
        return range == unit.text(value) ? "" : range
    }
}
