package import Clocks

/// Lets streams open at a rate: a token bucket with a second's worth, and a queue of those that found it empty.
///
/// A client that is refused gets the time of its turn, so that a storm comes back as fast as it can be served and not
/// all at once. The queue is a number: it shrinks at the rate, as if each client came when it was told to.
package struct OpeningPacer: Sendable {
    /// The streams per second, which is also the maximum that may open at once.
    private let rate: Double
    private var tokens: Double
    /// How many clients were refused and are expected to come again.
    private var line = 0.0
    private var updated: MonotonicInstant

    /// The longest wait that a client is given, in seconds.
    package static let longestWait = 600

    package init(rate: Int, at now: MonotonicInstant) {
        self.rate = Double(rate)
        tokens = self.rate
        updated = now
    }

    /// The seconds to wait where no stream may open now; nil where one may.
    package mutating func refusal(at now: MonotonicInstant) -> Int? {
        let passed = max(0, updated.duration(to: now).seconds) * rate
        tokens = min(rate, tokens + passed)
        line = max(0, line - passed)
        updated = max(updated, now)
        guard tokens < 1 else { return nil }
        // In whole seconds, because `Retry-After` has no fractions (RFC 9110, section 10.2.3).
        let wait = min(1 + Int(line / rate), Self.longestWait)
        line += 1
        return wait
    }

    /// A stream was admitted and has opened.
    package mutating func open() { tokens -= 1 }
}
