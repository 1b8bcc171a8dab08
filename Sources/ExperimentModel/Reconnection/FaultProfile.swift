/// The description of a fault for experiment files: its name, its effect, and its parameters.
public struct FaultProfile: Codable, Hashable, Sendable {
    public var name: String
    /// Its effect in half a sentence, for lists and reports.
    public var purpose: String
    public var parameters: [Parameter]
    public var executor: Executor
    /// Whether it must read HTTP, which is impossible within TLS.
    public var needsPlain: Bool
    /// Whether a step has a duration (`for`). If not, it is over at once.
    public var lasts: Bool

    /// Which part of Tandem causes the fault.
    public enum Executor: String, Codable, Hashable, Sendable {
        /// The fault proxy between client and server.
        case proxy
        /// The runner, by signals to processes and by closing sockets in the kernel.
        case runner
    }

    public struct Parameter: Codable, Hashable, Sendable {
        /// Lower camel case: `milliseconds`, `retryAfter`.
        public var name: String
        /// `ms`, `bytes`, `bytes/s`; empty for a plain number.
        public var unit: String
        public var `default`: Double
        public var minimum: Double
        public var maximum: Double
        /// Whether it must be a whole number, as for flags, statuses and bytes.
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

        /// The parameter with its default, for people: `milliseconds 100`.
        public var shown: String { "\(name) \(StrictNode.shown(self.default))" }

        /// Why the parameter cannot have this value; nil where it can.
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
