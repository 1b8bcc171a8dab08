import Clocks

/// How many frames a peer may send that make work and carry nothing (RFC 9113, section 10.5).
struct ControlFrameBudget {
    private static let most = 1_000
    private static let aSecond = 100

    private let clock = MonotonicClock()
    private var left = most
    private var since: MonotonicInstant

    init() { since = clock.now }

    /// Returns whether there was one left.
    mutating func take() -> Bool {
        if left == 0 {
            let now = clock.now
            left = min(Self.most, Int(since.duration(to: now) / .seconds(1) * Double(Self.aSecond)))
            since = now
        }
        guard left > 0 else { return false }
        left -= 1
        return true
    }
}
