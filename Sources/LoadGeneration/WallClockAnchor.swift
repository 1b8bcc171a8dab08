public import Clocks

/// The difference between the wall clock, whose times payloads carry, and the monotonic clock, which latencies count
/// on.
///
/// It is read once and kept: a wall clock that is set or slewed during a trial must not appear as latency.
public struct WallClockAnchor: Sendable {
    /// Nanoseconds since 1970 minus nanoseconds of the monotonic clock.
    public let offset: Int64

    public init(offset: Int64) { self.offset = offset }

    /// Reads both clocks several times, and keeps the least disturbed reading.
    public init(_ clock: some TimeSource) {
        var best = Int64.max
        var offset: Int64 = 0
        for _ in 0..<16 {
            let before = clock.now.nanoseconds
            let wall = clock.unixNanoseconds
            let after = clock.now.nanoseconds
            if after - before < best {
                best = after - before
                offset = wall - (before + (after - before) / 2)
            }
        }
        self.offset = offset
    }

    public func unixNanoseconds(_ instant: MonotonicInstant) -> Int64 { instant.nanoseconds + offset }

    public func instant(unixNanoseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: unixNanoseconds - offset)
    }
}
