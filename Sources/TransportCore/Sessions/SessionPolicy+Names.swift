extension SessionPolicy {
    /// The policies that experiments and the command can name.
    public static let names = ["event-source", "fixed", "exponential", "full-jitter", "decorrelated-jitter"]

    /// A policy by its name; nil where there is none.
    ///
    /// All but `event-source` wait 1 s first. All but `event-source` and `fixed` wait at most 30 s. The server's own
    /// `retry:` is 1 s.
    public static func named(_ name: String, recovery: RecoveryStrategy = .replayOrSnapshot) -> Self? {
        switch name {
        case "event-source": eventSource(recovery)
        case "fixed": fixed(recovery)
        case "exponential": backingOff(.none, recovery)
        case "full-jitter": backingOff(.full, recovery)
        case "decorrelated-jitter": backingOff(.decorrelated, recovery)
        default: nil
        }
    }

    /// The browser's: 3 s until the server sets another time (Chromium; Firefox has 5 s), no liveness timeout, and 90
    /// s to connect (Firefox's `network.http.connection-timeout`).
    private static func eventSource(_ recovery: RecoveryStrategy) -> Self {
        Self(
            model: .eventSource, recovery: recovery, backoff: .fixed(.seconds(3)), livenessTimeout: nil,
            connectTimeout: .seconds(90))
    }

    /// A loop as written by hand, `socket.onclose = () => setTimeout(connect, 1000)`: it ignores everything that the
    /// server says, and never stops. It is the control that the others are compared with.
    private static func fixed(_ recovery: RecoveryStrategy) -> Self {
        var policy = Self(recovery: recovery, backoff: .fixed(.seconds(1)))
        policy.honoursRetryAfter = false
        policy.honoursCloseDelay = false
        policy.stopsWhenRefused = false
        return policy
    }

    private static func backingOff(_ jitter: Backoff.Jitter, _ recovery: RecoveryStrategy) -> Self {
        Self(recovery: recovery, backoff: Backoff(initial: .seconds(1), maximum: .seconds(30), jitter: jitter))
    }
}
