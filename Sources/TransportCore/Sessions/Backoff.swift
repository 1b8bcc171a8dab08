import Clocks
package import SeededRandomness

/// How long a client waits before it connects again, attempt by attempt.
///
/// The formulas are those of "Exponential Backoff And Jitter" (M. Brooker, AWS Architecture Blog, 2015).
public struct Backoff: Codable, Hashable, Sendable {
    public enum Jitter: String, Codable, Hashable, Sendable, CaseIterable {
        /// `min(maximum, initial * multiplier^attempt)`: clients that were cut together come back together.
        case none
        /// Between 0 and what `none` would wait, uniformly distributed.
        case full
        /// `min(maximum, random(initial, 3 * previous delay))`; the multiplier is not used.
        case decorrelated
    }

    /// Before the first attempt. It is more than 0, unless the clients are meant to reconnect without a pause.
    public var initial: Duration
    /// The longest wait; not less than `initial`.
    public var maximum: Duration
    /// The factor from one attempt to the next; at least 1, and 1 waits the same time each time.
    public var multiplier: Double
    public var jitter: Jitter

    public init(initial: Duration, maximum: Duration, multiplier: Double = 2, jitter: Jitter) {
        precondition(initial >= .zero && maximum >= initial, "a backoff waits 0 or longer, and at most its maximum")
        precondition(multiplier >= 1 && multiplier.isFinite, "a backoff's multiplier is at least 1")
        self.initial = initial
        self.maximum = maximum
        self.multiplier = multiplier
        self.jitter = jitter
    }

    /// Waits the same time before each attempt.
    public static func fixed(_ delay: Duration) -> Self {
        Self(initial: delay, maximum: delay, multiplier: 1, jitter: .none)
    }

    /// The state of a client's current row of attempts.
    package struct Progress: Sendable {
        /// What `none` waited last, or with `decorrelated` the last delay, in nanoseconds; 0 before the first.
        fileprivate var previous: Int64 = 0
        package init() {}
    }

    /// Nanoseconds to wait before the next attempt.
    ///
    /// - Parameter initial: replaces the backoff's `initial`, as a server's `retry:` does; where it is longer than
    ///   `maximum`, it replaces that too.
    package func delay(_ progress: inout Progress, initial: Int64, using random: inout SplitMix64) -> Int64 {
        let maximum = max(maximum.nanoseconds, initial)
        switch jitter {
        case .none, .full:
            let ceiling =
                progress.previous == 0
                ? initial : Int64(min(Double(maximum), Double(progress.previous) * multiplier))
            progress.previous = ceiling
            return jitter == .none ? ceiling : random.next(in: 0...ceiling)
        case .decorrelated:
            let previous = max(progress.previous, initial)
            let (tripled, overflow) = previous.multipliedReportingOverflow(by: 3)
            let delay = min(maximum, random.next(in: initial...(overflow ? .max : tripled)))
            progress.previous = delay
            return delay
        }
    }
}
