extension SessionPolicy {
    /// The policies that experiments and the command can name.
    public static let names = ["event-source", "fixed", "exponential", "full-jitter", "decorrelated-jitter"]

    /// A policy by its name; nil where there is none.
    ///
    /// All but `event-source` wait 1 s first, and all but these two up to 30 s. The server's own `retry:` is 1 s.
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

    /// The browser's: 3 s until the server says otherwise (Chromium; Firefox has 5 s), nothing that notices a dead connection,
    /// and 90 s for a connection to come about (Firefox's `network.http.connection-timeout`).
    private static func eventSource(_ recovery: RecoveryStrategy) -> Self {
        Self(
            model: .eventSource, recovery: recovery, backoff: .fixed(.seconds(3)), livenessTimeout: nil,
            connectTimeout: .seconds(90))
    }

    /// The loop that is written by hand, `socket.onclose = () => setTimeout(connect, 1000)`: it hears nothing of what the server
    /// says, and never stops. The control that the others are compared with.
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
