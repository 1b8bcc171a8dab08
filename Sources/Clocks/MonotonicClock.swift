import Glibc

/// A source of time. It is passed in, so that tests can set the time.
public protocol TimeSource: Sendable {
    var now: MonotonicInstant { get }
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    var unixNanoseconds: Int64 { get }
}

/// The machine's own clock: `CLOCK_MONOTONIC`, and `CLOCK_REALTIME` for time stamps that leave the process.
public struct MonotonicClock: TimeSource {
    public init() {}

    public var now: MonotonicInstant { MonotonicInstant(nanoseconds: Self.read(CLOCK_MONOTONIC)) }
    public var unixNanoseconds: Int64 { Self.read(CLOCK_REALTIME) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
