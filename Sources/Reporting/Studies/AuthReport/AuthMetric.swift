internal import ExperimentModel

/// A part of the vector by which the schemes of a path can be compared.
public enum AuthMetric: String, Sendable, CaseIterable {
    case requests = "requests to connect"
    case bytes = "bytes to connect"
    case exposure
    case preAuth = "pre-auth cost"
    case enforcement = "enforcement lag"
    case renewal = "renewal gap"
    case legibility
    case attacks = "attacks that passed"
    case reach
    case cpu = "CPU of a handshake"
    case code = "lines of code"

    /// How one vector compares with another.
    enum Order {
        case better, alike, worse
        /// Each has something that the other lacks.
        case incomparable
    }

    /// Nil if one of the vectors lacks the part.
    func order(_ one: AuthVector, _ other: AuthVector) -> Order? {
        guard self != .reach else {
            guard let reached = one.reached, let others = other.reached else { return nil }
            if reached == others { return .alike }
            return reached.isSuperset(of: others)
                ? .better : reached.isSubset(of: others) ? .worse : .incomparable
        }
        guard let one = value(of: one), let other = value(of: other) else { return nil }
        return compare(one, other)
    }

    /// Lower is better. Nil if the vector lacks the part, and for the reach, which is a set.
    private func value(of vector: AuthVector) -> Double? {
        switch self {
        case .requests: vector.exchange("connect").map { Double($0.requests) }
        case .bytes: vector.exchange("connect").map { Double($0.bytesSent + $0.bytesReceived) }
        case .exposure: vector.exposedSeconds
        case .preAuth: vector.preAuthByteSeconds
        case .enforcement: vector.enforcementP99
        case .renewal: vector.bestRenewal?.gapMilliseconds
        case .attacks: vector.attacksPassed.map(Double.init)
        case .legibility: vector.legibleBits.map { -$0 }
        case .reach: nil
        case .cpu: vector.handshake?.microseconds
        case .code: vector.code.map { Double($0.lines) }
        }
    }

    /// The smallest difference that counts, unless a tenth of the figure is larger: what one run on one machine can
    /// resolve.
    private var resolution: Double {
        switch self {
        case .bytes: 64
        // In milliseconds. The keys' file is checked every 250 ms, so a lag depends on when within that time it is
        // replaced.
        case .enforcement: 250
        case .renewal: 10
        case .preAuth: 2_048
        case .cpu: 10
        case .code: 20
        case .legibility: 0.1
        case .requests, .exposure, .attacks, .reach: 0
        }
    }

    private static let margin = 0.1

    private func compare(_ one: Double, _ other: Double) -> Order {
        let tolerance = max(resolution, Self.margin * max(abs(one), abs(other)))
        // Counts differ however close they are.
        let isCounted = [.requests, .attacks].contains(self)
        guard abs(one - other) > (isCounted ? 1e-9 : tolerance) else { return .alike }
        return one < other ? .better : .worse
    }
}
