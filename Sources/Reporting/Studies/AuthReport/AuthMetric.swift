internal import ExperimentModel

/// A figure of the vector by which schemes can be compared on one path. Of every one, less is better.
public enum AuthMetric: String, Sendable, CaseIterable {
    case requests = "requests to connect"
    case bytes = "bytes to connect"
    case exposure
    case preAuth = "pre-auth cost"
    case enforcement = "enforcement lag"
    case renewal = "renewal gap"
    case attacks = "attacks that passed"
    case reach = "clients out of reach"
    case cpu = "CPU of a handshake"
    case code = "lines of code"

    /// Nil where the vector lacks it.
    public func value(of vector: AuthVector) -> Double? {
        switch self {
        case .requests: vector.exchange("connect").map { Double($0.requests) }
        case .bytes: vector.exchange("connect").map { Double($0.bytesSent + $0.bytesReceived) }
        case .exposure: vector.exposedSeconds
        case .preAuth: vector.preAuthByteSeconds
        case .enforcement: vector.enforcementP99
        case .renewal: vector.bestRenewal?.gapMilliseconds
        case .attacks: vector.attacksPassed.map(Double.init)
        case .reach: vector.unreached
        case .cpu: vector.handshake?.microseconds
        case .code: vector.code.map { Double($0.lines) }
        }
    }

    /// Differences up to this are none: what one run on one machine can tell apart, beside a tenth of the figure.
    private var resolution: Double {
        switch self {
        case .bytes: 64
        // Milliseconds; the keys' file is looked at every 250 ms, wherever in the interval it was replaced.
        case .enforcement: 250
        case .renewal: 10
        case .preAuth: 2_048
        case .cpu: 10
        case .code: 20
        case .requests, .exposure, .attacks, .reach: 0
        }
    }

    static let margin = 0.1

    /// -1 where the first is better, 1 where the second is, 0 where they cannot be told apart.
    func compare(_ one: Double, _ other: Double) -> Int {
        let tolerance = max(resolution, Self.margin * max(abs(one), abs(other)))
        // Whole numbers are told apart however close they are.
        let isCounted = [.requests, .attacks, .reach].contains(self)
        guard abs(one - other) > (isCounted ? 1e-9 : tolerance) else { return 0 }
        return one < other ? -1 : 1
    }
}

/// The schemes of a path that no other one beats: not a ranking, but what is left to choose from.
public struct ParetoFront: Sendable {
    public var path: AuthPath
    /// In the order of the vectors.
    public var front: [Member]
    public var dominated: [Dominated]

    public struct Member: Sendable {
        public var scheme: String
        /// Where nobody on the path is better and somebody is worse.
        public var strengths: [AuthMetric]
    }

    public struct Dominated: Sendable {
        public var scheme: String
        public var by: [String]
        /// Where the first of those is better.
        public var weaknesses: [AuthMetric]
    }

    static let rule =
        "A scheme is dominated on a path if another one is at least as good on every axis that both were measured on, and "
        + "better on at least one; the others are the front. Differences of up to a tenth, or below what a run can tell "
        + "apart, count as none. The axes are not weighed, and there is no sum."

    init(_ path: AuthPath, _ vectors: [AuthVector]) {
        self.path = path
        front = []
        dominated = []
        for vector in vectors {
            let better = vectors.filter { $0.scheme != vector.scheme && Self.dominates($0, vector) }
            if let first = better.first {
                dominated.append(
                    Dominated(
                        scheme: vector.scheme, by: better.map(\.scheme),
                        weaknesses: Self.axes(first, vector).filter { $0.order < 0 }.map(\.axis)))
            } else {
                front.append(Member(scheme: vector.scheme, strengths: Self.strengths(vector, vectors)))
            }
        }
    }

    private static func axes(_ one: AuthVector, _ other: AuthVector) -> [(axis: AuthMetric, order: Int)] {
        AuthMetric.allCases.compactMap { axis in
            guard let value = axis.value(of: one), let otherValue = axis.value(of: other) else { return nil }
            return (axis, axis.compare(value, otherValue))
        }
    }

    private static func dominates(_ one: AuthVector, _ other: AuthVector) -> Bool {
        let axes = axes(one, other)
        return axes.allSatisfy { $0.order <= 0 } && axes.contains { $0.order < 0 }
    }

    private static func strengths(_ vector: AuthVector, _ vectors: [AuthVector]) -> [AuthMetric] {
        AuthMetric.allCases.filter { axis in
            guard let value = axis.value(of: vector) else { return false }
            let others = vectors.filter { $0.scheme != vector.scheme }.compactMap { axis.value(of: $0) }
            let orders = others.map { axis.compare(value, $0) }
            return orders.allSatisfy { $0 <= 0 } && orders.contains { $0 < 0 }
        }
    }
}
