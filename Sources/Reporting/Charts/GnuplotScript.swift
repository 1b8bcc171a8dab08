/// The commands with which gnuplot draws one chart.
///
/// Numbers are passed in data blocks. Words are reduced to harmless characters, none of which begins a command (a
/// backquote) or an escape. They stand in single quotes, in which gnuplot reads neither; only row labels in two lines
/// need double quotes.
struct GnuplotScript {
    let chart: Chart
    let canvas: ChartCanvas

    var text: String {
        var lines = preamble
        lines += axis("x", chart.x)
        lines += chart.rows.isEmpty ? axis("y", chart.y) : rowAxis
        for (index, series) in chart.series.enumerated() {
            lines.append("$data\(index) << EOD")
            lines += series.points.map { dataLine($0) }
            lines.append("EOD")
        }
        let plots = chart.series.enumerated().flatMap { plotClauses($0.offset, $0.element) }
        lines.append("plot " + plots.joined(separator: ", \\\n     "))
        return lines.joined(separator: "\n") + "\n"
    }

    private var preamble: [String] {
        let fontSize = canvas == .wide ? 13 : 12
        return [
            "set terminal svg size \(canvas.width),\(canvas.height(rows: chart.rows)) dynamic noenhanced "
                + "font 'sans-serif,\(fontSize)' linewidth 1.6",
            "set encoding utf8",
            "set key off",
            "set border 0",
            "set tics scale 0",
            "set grid xtics ytics back linetype 1 linewidth 0.5 linecolor rgb '\(ChartInk.grid.sentinel)'",
            "set errorbars small",
            "set rmargin 3",
        ]
    }

    private func axis(_ name: String, _ axis: Chart.Axis) -> [String] {
        var lines = ["set \(name)label \(quoted(axis.label))"]
        if axis.isLogarithmic { lines.append("set logscale \(name) 10") }
        lines.append("set format \(name) '%g'")
        // Every second decade only: the labels of all would touch.
        if name == "x", axis.isLogarithmic, canvas == .narrow { lines.append("set xtics 100") }
        let ticks = axis.ticks.isEmpty && name == "x" && !axis.isLogarithmic ? evenTicks(axis) : axis.ticks
        if !ticks.isEmpty {
            let list = ticks.map { "\(quotedTick($0.label)) \(number($0.position))" }
            lines.append("set \(name)tics (\(list.joined(separator: ", ")))")
        }
        let low = axis.minimum.map(number) ?? "*"
        let high = axis.maximum.map(number) ?? "*"
        lines.append("set \(name)range [\(low):\(high)]")
        return lines
    }

    /// As many ticks as the axis has room for. gnuplot's own choice does not take the width of the canvas into account.
    private func evenTicks(_ axis: Chart.Axis) -> [Chart.Tick] {
        let values = chart.series.flatMap(\.points).flatMap { [$0.x] + (chart.rows.isEmpty ? [] : ends($0)) }
        let low = axis.minimum ?? values.filter(\.isFinite).min() ?? 0
        let high = axis.maximum ?? values.filter(\.isFinite).max() ?? 1
        guard high > low else { return [] }
        let room = canvas == .wide ? 6.0 : 3.0
        let coarse = (high - low) / room
        let magnitude = Decimal10.power(Decimal10.log(coarse).rounded(.down))
        let step = [1, 2, 5, 10].map { $0 * magnitude }.first { $0 >= coarse * 0.999 } ?? coarse
        let first = (low / step).rounded(.up)
        let last = (high / step).rounded(.down)
        return stride(from: first, through: last, by: 1).map { index in
            // Rounded to the places that the step needs, so that 3 x 0.1 is not written as 0.30000000000000004.
            let places = max(0, -Int(Decimal10.log(step).rounded(.down)))
            return Chart.Tick(index * step, Decimals.fixed(index * step, places: places))
        }
    }

    private func ends(_ point: Chart.Point) -> [Double] {
        point.interval.map { [$0.lowerBound, $0.upperBound] } ?? []
    }

    private var rowAxis: [String] {
        let ticks = chart.rows.enumerated().map { "\(rowLabel($0.element)) \($0.offset)" }
        return [
            "unset ylabel",
            "set ytics (\(ticks.joined(separator: ", ")))",
            "set yrange [\(chart.rows.count - 1).6:-0.6]",
        ]
    }

    /// A label that would leave no room for the bars is broken after the comma nearest to its middle.
    private func rowLabel(_ text: String) -> String {
        guard text.count > canvas.rowLabelLength else { return quotedTick(text) }
        let parts = text.split(separator: ", ").map(String.init)
        let breaks = (1..<max(parts.count, 1)).map { count in
            (parts[..<count].joined(separator: ", ") + ",", parts[count...].joined(separator: ", "))
        }
        guard let best = breaks.min(by: { max($0.0.count, $0.1.count) < max($1.0.count, $1.1.count) }) else {
            return quotedTick(text)
        }
        let lines = [best.0, best.1].map { harmless($0).replacing("%", with: "%%") }
        return "\"\(lines[0])\\n\(lines[1])\""
    }

    private func dataLine(_ point: Chart.Point) -> String {
        let low = point.interval?.lowerBound ?? (chart.rows.isEmpty ? point.y : point.x)
        let high = point.interval?.upperBound ?? (chart.rows.isEmpty ? point.y : point.x)
        return [point.x, point.y, low, high].map(number).joined(separator: " ")
    }

    private func plotClauses(_ index: Int, _ series: Chart.Series) -> [String] {
        guard !series.points.isEmpty else { return [] }
        let data = "$data\(index)"
        let color = "linecolor rgb '\(ChartInk(series.tone).sentinel)'"
        // The title becomes the title of the SVG group. `InlineSVG` replaces it with the name of the series.
        let title = "title '\(index)'"
        switch series.style {
        case .line:
            return ["\(data) using 1:2 with lines linewidth 1.3 \(color) \(title)"]
        case .dashedLine:
            return ["\(data) using 1:2 with lines linewidth 0.9 dashtype (6,4) \(color) \(title)"]
        case .dottedLine:
            return ["\(data) using 1:2 with lines linewidth 1.3 dashtype (1.5,2.5) \(color) \(title)"]
        case .band:
            return ["\(data) using 1:3:4 with filledcurves fillstyle transparent solid 0.18 noborder \(color) \(title)"]
        case .points, .hollowPoints:
            let shape = series.style == .points ? 7 : 6
            let bars = chart.rows.isEmpty ? "yerrorbars" : "xerrorbars"
            return ["\(data) using 1:2:3:4 with \(bars) pointtype \(shape) pointsize 0.7 \(color) \(title)"]
        case .bars:
            let row = "($2-0.34):($2+0.34)"
            return ["\(data) using 1:2:3:4:\(row) with boxxyerror fillstyle solid 1 noborder \(color) \(title)"]
        case .linePoints:
            return ["\(data) using 1:2:3:4 with yerrorlines pointtype 7 pointsize 0.6 \(color) \(title)"]
        }
    }

    private func number(_ value: Double) -> String {
        // gnuplot reads `NaN` as a missing point, which leaves a gap.
        value.isFinite ? "\(value)" : "NaN"
    }

    private func quoted(_ text: String) -> String { "'\(harmless(text))'" }

    private func harmless(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { Self.isHarmless($0) ? $0 : "?" }))
    }

    /// The label of a tick is a format in which a percent sign stands for the position.
    private func quotedTick(_ text: String) -> String { quoted(text).replacing("%", with: "%%") }

    static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isAlphabetic || scalar.properties.numericType != nil { return true }
        return " .,:;/%()+-–·×=_°µ≥≤".unicodeScalars.contains(scalar)
    }
}
