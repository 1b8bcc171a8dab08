internal import ExperimentModel

/// The schemes of a path that no other scheme dominates. It is not a ranking; these are the reasonable choices.
public struct ParetoFront: Sendable {
    public var path: AuthPath
    /// In the order of the vectors.
    public var front: [Member]
    public var dominated: [Dominated]
    /// The metrics in which no two schemes could be compared.
    public var missing: [AuthMetric]

    public struct Member: Sendable {
        public var scheme: String
        /// Metrics in which no scheme on the path is better and at least one is worse.
        public var strengths: [AuthMetric]
    }

    public struct Dominated: Sendable {
        public var scheme: String
        public var by: [String]
        /// Metrics in which the first of `by` is better.
        public var weaknesses: [AuthMetric]
    }

    static let rule =
        "A scheme is dominated on a path if another one is at least as good on every axis that both were measured on, and "
        + "better on at least one; the others are the front. Differences of up to a tenth, or below what a run can tell "
        + "apart, count as none. Reach is the set of clients that can use a scheme: one that reaches fewer is worse, one that "
        + "reaches others is neither. The axes are not weighed, and there is no sum."

    init(_ path: AuthPath, _ vectors: [AuthVector]) {
        self.path = path
        front = []
        dominated = []
        missing = AuthMetric.allCases.filter { axis in
            !vectors.indices.contains { place in
                vectors[..<place].contains { axis.order($0, vectors[place]) != nil }
            }
        }
        for vector in vectors {
            let better = vectors.filter { $0.scheme != vector.scheme && Self.dominates($0, vector) }
            if let first = better.first {
                dominated.append(
                    Dominated(
                        scheme: vector.scheme, by: better.map(\.scheme),
                        weaknesses: AuthMetric.allCases.filter { $0.order(first, vector) == .better }))
            } else {
                front.append(Member(scheme: vector.scheme, strengths: Self.strengths(vector, vectors)))
            }
        }
    }

    private static func dominates(_ one: AuthVector, _ other: AuthVector) -> Bool {
        let orders = AuthMetric.allCases.compactMap { $0.order(one, other) }
        return orders.allSatisfy { $0 == .better || $0 == .alike } && orders.contains(.better)
    }

    private static func strengths(_ vector: AuthVector, _ vectors: [AuthVector]) -> [AuthMetric] {
        AuthMetric.allCases.filter { axis in
            let orders = vectors.filter { $0.scheme != vector.scheme }.compactMap { axis.order(vector, $0) }
            return orders.allSatisfy { $0 == .better || $0 == .alike } && orders.contains(.better)
        }
    }
}

extension [ParetoFront] {
    /// Names the metrics in which schemes were not compared; nil if there are none.
    var missingSentence: String? {
        let missing = AuthMetric.allCases.compactMap { axis -> String? in
            let paths = filter { $0.missing.contains(axis) }.map(\.path.label)
            guard !paths.isEmpty else { return nil }
            return paths.count == count ? axis.rawValue : "\(axis.rawValue) (\(Prose.list(paths)))"
        }
        guard !missing.isEmpty else { return nil }
        return
            "Not compared, as fewer than two schemes of a path were measured on it: \(missing.joined(separator: "; "))."
    }
}
