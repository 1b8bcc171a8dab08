/// A chart before it is drawn: numbers, words and the roles of its series, without pixels and colours.
public struct Chart: Sendable, Hashable {
    /// The heading above the chart.
    public var title: String
    /// The text alternative, for readers who cannot see the chart.
    public var summary: String
    public var x: Axis
    public var y: Axis
    public var series: [Series]
    /// The rows of a dot plot from top to bottom; empty if `y` is a number line.
    public var rows: [String]

    public init(title: String, summary: String, x: Axis, y: Axis, series: [Series], rows: [String] = []) {
        self.title = title
        self.summary = summary
        self.x = x
        self.y = y
        self.series = series
        self.rows = rows
    }

    /// Whether no series has points.
    public var isEmpty: Bool { series.allSatisfy(\.points.isEmpty) }
}

extension Chart {
    /// One axis: its label, its scale, and its ticks if numbers alone would not explain themselves.
    public struct Axis: Sendable, Hashable {
        /// The quantity with its unit, for example `latency (ms)`.
        public var label: String
        public var isLogarithmic: Bool
        /// Ticks by position; empty lets the plotter choose.
        public var ticks: [Tick]
        /// The first value shown; nil lets the plotter choose.
        public var minimum: Double?
        /// The last value shown; nil lets the plotter choose.
        public var maximum: Double?

        public init(
            _ label: String, isLogarithmic: Bool = false, ticks: [Tick] = [], minimum: Double? = nil,
            maximum: Double? = nil
        ) {
            self.label = label
            self.isLogarithmic = isLogarithmic
            self.ticks = ticks
            self.minimum = minimum
            self.maximum = maximum
        }
    }

    /// A labelled place on an axis.
    public struct Tick: Sendable, Hashable {
        public var position: Double
        public var label: String

        public init(_ position: Double, _ label: String) {
            self.position = position
            self.label = label
        }
    }

    /// Points that share a name, a colour and a style.
    public struct Series: Sendable, Hashable {
        public var name: String
        public var tone: Tone
        public var style: Style
        public var points: [Point]
        /// Whether the legend names the series. The caption explains a series that accompanies another one.
        public var isInLegend: Bool

        public init(name: String, tone: Tone, style: Style, points: [Point], isInLegend: Bool = true) {
            self.isInLegend = isInLegend
            self.name = name
            self.tone = tone
            self.style = style
            self.points = points
        }
    }

    /// The colour of a series by its meaning. The page's style sheet gives it a value for light and dark.
    public enum Tone: Sendable, Hashable {
        /// The subject with this number, from 0.
        case series(Int)
        /// The machine's limit.
        case floor
        /// A line for comparison: a fit, or no difference.
        case reference
    }

    public enum Style: Sendable, Hashable {
        case line
        case dashedLine
        case dottedLine
        case points
        case hollowPoints
        /// Points joined by a line, with their intervals.
        case linePoints
        /// The area between the ends of the points' intervals.
        case band
        /// Bars over the points' intervals, in the rows of a dot plot. Bars laid end to end form a stack.
        case bars
    }

    /// A point and the interval of its figure. The interval runs along y, or along x in a dot plot.
    public struct Point: Sendable, Hashable {
        public var x: Double
        public var y: Double
        public var interval: ClosedRange<Double>?

        public init(x: Double, y: Double, interval: ClosedRange<Double>? = nil) {
            self.x = x
            self.y = y
            self.interval = interval
        }
    }
}
