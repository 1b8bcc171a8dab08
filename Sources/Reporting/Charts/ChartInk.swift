/// A colour by role. gnuplot draws it as a sentinel that no palette uses, and the page's style sheet replaces it.
enum ChartInk: Hashable {
    case ink
    case grid
    case floor
    case reference
    case series(Int)

    /// The number of series colours in the style sheet. Later series repeat them.
    static let seriesCount = 8

    init(_ tone: Chart.Tone) {
        switch tone {
        case .series(let index): self = .series(index % Self.seriesCount)
        case .floor: self = .floor
        case .reference: self = .reference
        }
    }

    static let all: [ChartInk] = [.grid, .floor, .reference] + (0..<seriesCount).map { .series($0) }

    private var code: Int {
        switch self {
        case .ink: 0
        case .grid: 1
        case .floor: 2
        case .reference: 3
        case .series(let index): 10 + index
        }
    }

    /// The colour in gnuplot's notation. `ink` is gnuplot's own black.
    var sentinel: String {
        let hex = String(code, radix: 16)
        return "#0100" + (hex.utf8.count < 2 ? "0" + hex : hex)
    }

    /// The same colour as gnuplot's SVG terminal writes it, each part padded to three characters.
    var drawn: String {
        let digits = String(code)
        return "rgb(  1,   0, " + String(repeating: " ", count: 3 - digits.utf8.count) + digits + ")"
    }

    /// The colour in the page's CSS.
    var css: String {
        switch self {
        case .ink: "var(--chart-ink)"
        case .grid: "var(--chart-grid)"
        case .floor: "var(--chart-floor)"
        case .reference: "var(--chart-reference)"
        case .series(let index): "var(--series-\(index + 1))"
        }
    }
}
