/// Turns gnuplot's SVG document into an element of the page: with the style sheet's colours, with names for assistive
/// technology, and without the parts that only a stand-alone file needs.
struct InlineSVG {
    let chart: Chart
    let canvas: ChartCanvas

    /// - Throws: `ChartError` if the drawing does not look like gnuplot's.
    func element(from drawing: String) throws -> String {
        guard let body = drawing.firstRange(of: "<g id=\"gnuplot_canvas\">"),
            let end = drawing.lastSVGEnd
        else {
            throw ChartError(.failed, "gnuplot wrote something that is not an SVG drawing")
        }
        var content = String(drawing[body.upperBound..<end])
        content = content.removing(from: "<defs>", through: "</defs>")
        content = content.removing(from: "<rect ", through: "/>")
        for ink in ChartInk.all {
            content = content.replacing(ink.drawn, with: ink.css)
        }
        for quote in ["'", "\""] {
            content = content.replacing("\(quote)black\(quote)", with: "\(quote)\(ChartInk.ink.css)\(quote)")
            // The rim that separates a point from its line.
            content = content.replacing("\(quote)white\(quote)", with: "\(quote)var(--card)\(quote)")
        }
        content = content.replacing(" font-family=\"sans-serif\"", with: "")
        content = content.replacing("xlink:href", with: "href")
        content = withoutEmptyGroups(content)
        for (index, series) in chart.series.enumerated() {
            // Depending on its version, gnuplot writes the number of the plot or the given title.
            content = content.replacing(
                "<title>gnuplot_plot_\(index + 1)</title>", with: "<title>\(series.name.escapedForMarkup)</title>")
        }
        content = content.replacing("id=\"gnuplot_plot_", with: "data-plot=\"")
        let height = canvas.height(rows: chart.rows)
        return """
            <svg class="chart chart-\(canvas.rawValue)" viewBox="0 0 \(canvas.width) \(height)" role="img" \
            aria-label="\(chart.summary.escapedForMarkup)"><g>\(content)</svg>
            """
    }

    /// gnuplot closes and opens a group at every change of pen, so most groups are empty.
    private func withoutEmptyGroups(_ content: String) -> String {
        var kept: [Substring] = []
        for line in content.split(separator: "\n", omittingEmptySubsequences: true) {
            if line == "</g>", let last = kept.last, last.hasPrefix("<g fill=\"none\" color="), last.hasSuffix(">") {
                kept.removeLast()
            } else {
                kept.append(line)
            }
        }
        return kept.joined(separator: "\n")
    }

    /// The point shapes of all charts: a hidden element that the page contains once.
    ///
    /// They are gnuplot's circles 6 (hollow) and 7 (filled), which it draws with a radius of 1 and scales.
    static let symbols = """
        <svg width="0" height="0" aria-hidden="true" focusable="false" style="position:absolute"><defs>\
        <circle id="gpPt5" cx="0" cy="0" r="1" stroke-width="0.35" stroke="currentColor" fill="none"/>\
        <circle id="gpPt6" cx="0" cy="0" r="1" stroke="none" fill="currentColor"/>\
        </defs></svg>
        """
}

extension String {
    fileprivate var lastSVGEnd: String.Index? { ranges(of: "</svg>").last?.lowerBound }

    fileprivate func removing(from start: String, through end: String) -> String {
        guard let first = firstRange(of: start),
            let last = self[first.upperBound...].firstRange(of: end)
        else { return self }
        return String(self[..<first.lowerBound] + self[last.upperBound...])
    }
}
