/// What a fault is to an experiment file: its name, what it does, and the parameters that it takes.
public struct FaultProfile: Codable, Hashable, Sendable {
    public var name: String
    /// What it does, in half a sentence, for lists and reports.
    public var purpose: String
    public var parameters: [Parameter]
    public var executor: Executor
    /// Whether it must read HTTP on its way, so that TLS hides from it what it needs.
    public var needsPlain: Bool
    /// Whether a step lasts (`for`); else it is over at once.
    public var lasts: Bool

    /// Who makes it happen.
    public enum Executor: String, Codable, Hashable, Sendable {
        /// The fault proxy between client and server.
        case proxy
        /// The runner: signals to processes, what a kernel does to sockets.
        case runner
    }

    public struct Parameter: Codable, Hashable, Sendable {
        /// Lower camel case: `milliseconds`, `retryAfter`.
        public var name: String
        /// `ms`, `bytes`, `bytes/s`; empty where it is a plain number.
        public var unit: String
        public var `default`: Double
        public var minimum: Double
        public var maximum: Double
        /// Whether a fraction is refused: of flags, statuses and bytes.
        public var isWhole: Bool

        public init(
            _ name: String, unit: String, default value: Double, in range: ClosedRange<Double>, isWhole: Bool = false
        ) {
            self.name = name
            self.unit = unit
            self.default = value
            minimum = range.lowerBound
            maximum = range.upperBound
            self.isWhole = isWhole
        }

        /// With its default, as a person reads it: `milliseconds 100`.
        public var shown: String { "\(name) \(StrictNode.shown(self.default))" }

        /// Why it cannot have this value; nil where it can.
        public func rejection(of value: Double) -> String? {
            let shown = StrictNode.shown(value)
            guard (minimum...maximum).contains(value) else {
                let (least, most) = (StrictNode.shown(minimum), StrictNode.shown(maximum))
                return "'\(name)' is \(shown), and must lie between \(least) and \(most)"
            }
            guard !isWhole || value == value.rounded() else {
                return "'\(name)' is \(shown), and must be a whole number"
            }
            return nil
        }
    }

    public init(
        _ name: String, purpose: String, parameters: [Parameter] = [], executor: Executor = .proxy,
        needsPlain: Bool = false, lasts: Bool = true
    ) {
        self.name = name
        self.purpose = purpose
        self.parameters = parameters
        self.executor = executor
        self.needsPlain = needsPlain
        self.lasts = lasts
    }
}
