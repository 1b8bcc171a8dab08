public import Clocks
import Glibc
import SeededRandomness

/// An open-loop schedule: the intended time of each publication, whatever the server does.
///
/// An intended time depends only on the start and on the number of the publication. A publisher that was held up
/// finds its overdue publications waiting, each with its own intended time: none is skipped or postponed.
public struct Pacer: Sendable {
    /// How publications are spread over time.
    public enum Arrivals: Hashable, Sendable {
        /// Equal gaps.
        case constant
        /// Exponentially distributed gaps, as from independent sources (a Poisson process). They follow from the
        /// seed.
        case poisson(seed: UInt64)
    }

    /// One publication of the schedule, with `burst` updates.
    public struct Publication: Hashable, Sendable {
        /// Counted from 0.
        public var index: Int
        public var intended: MonotonicInstant
    }

    public let start: MonotonicInstant
    /// The number of updates in one publication.
    public let burst: Int
    /// The mean time between publications in nanoseconds; nil for a schedule without any.
    private let meanGap: Double?
    private var generator: SeededGenerator?
    private var index = 0
    /// The intended time of the next publication, in nanoseconds after the start. It is exact for 104 days.
    private var offset: Double

    /// - Parameter updatesPerSecond: the rate of updates, not of publications; 0 for none.
    public init(start: MonotonicInstant, updatesPerSecond: Double, burst: Int = 1, arrivals: Arrivals = .constant) {
        precondition(updatesPerSecond >= 0 && updatesPerSecond.isFinite, "a rate is not negative")
        precondition(burst >= 1, "a burst holds at least one update")
        self.start = start
        self.burst = burst
        meanGap = updatesPerSecond > 0 ? Double(burst) / updatesPerSecond * 1e9 : nil
        offset = 0
        if case .poisson(let seed) = arrivals, let meanGap {
            var generator = SeededGenerator(seed: seed)
            offset = Self.exponential(mean: meanGap, &generator)
            self.generator = generator
        }
    }

    /// The intended time of the next publication; nil for a schedule without any.
    public var next: MonotonicInstant? {
        meanGap == nil ? nil : MonotonicInstant(nanoseconds: start.nanoseconds + Int64(offset))
    }

    /// Takes the next publication if it is due. Call it until it returns nil to catch up.
    public mutating func take(at now: MonotonicInstant) -> Publication? {
        guard let next, next <= now, let meanGap else { return nil }
        let publication = Publication(index: index, intended: next)
        index += 1
        if generator != nil {
            offset += Self.exponential(mean: meanGap, &generator!)
        } else {
            // Computed from the number and not from the previous time, so that rounding errors do not add up.
            offset = (Double(index) * meanGap).rounded()
        }
        return publication
    }

    private static func exponential(mean: Double, _ generator: inout SeededGenerator) -> Double {
        -log(1 - generator.nextUnit()) * mean
    }
}
