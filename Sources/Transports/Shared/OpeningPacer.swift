package import Clocks

/// Lets streams open at a rate: a token bucket that holds a second's worth, and the line of those that found it empty.
///
/// Who is refused is told when its turn is, so that a storm comes back as it can be served instead of all at once. A place in
/// the line costs a number: the line shortens at the rate, as if each came when it was told to.
package struct OpeningPacer: Sendable {
    /// Streams a second; also the most that open at once.
    private let rate: Double
    private var tokens: Double
    /// Refused, and expected to come again.
    private var line = 0.0
    private var updated: MonotonicInstant

    /// The longest that anybody is told to wait, in seconds.
    package static let longestWait = 600

    package init(rate: Int, at now: MonotonicInstant) {
        self.rate = Double(rate)
        tokens = self.rate
        updated = now
    }

    /// Seconds to wait where no stream may open now; nil where one may.
    package mutating func refusal(at now: MonotonicInstant) -> Int? {
        let passed = max(0, updated.duration(to: now).seconds) * rate
        tokens = min(rate, tokens + passed)
        line = max(0, line - passed)
        updated = max(updated, now)
        guard tokens < 1 else { return nil }
        // In whole seconds, which is all that `Retry-After` has (RFC 9110, section 10.2.3).
        let wait = min(1 + Int(line / rate), Self.longestWait)
        line += 1
        return wait
    }

    /// A stream that was not refused has opened.
    package mutating func open() { tokens -= 1 }
}
