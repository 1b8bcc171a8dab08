/// A point on the host's monotonic clock, shared by all processes of the host.
///
/// Differences between instants of two processes on one host are meaningful; between hosts they are not.
public struct MonotonicInstant: Comparable, Hashable, Sendable {
    /// Nanoseconds since the clock's arbitrary origin (boot, on Linux).
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

    public func advanced(by duration: Duration) -> Self {
        Self(nanoseconds: nanoseconds + duration.nanoseconds)
    }

    public func duration(to other: Self) -> Duration {
        .nanoseconds(other.nanoseconds - nanoseconds)
    }
}

extension Duration {
    /// Whole nanoseconds, saturating at about 292 years.
    public var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : scaled + attoseconds / 1_000_000_000
    }

    /// The duration in seconds, for output and statistics.
    public var seconds: Double { Double(nanoseconds) / 1e9 }
}
