import Synchronization

/// A clock that stands still until it is advanced.
public final class ManualClock: TimeSource {
    private let elapsed: Mutex<Int64>
    private let unixEpoch: Int64

    /// - Parameter unixNanoseconds: the wall time at which the clock starts.
    public init(
        start: MonotonicInstant = MonotonicInstant(nanoseconds: 0), unixNanoseconds: Int64 = 1_700_000_000_000_000_000
    ) {
        elapsed = Mutex(start.nanoseconds)
        unixEpoch = unixNanoseconds - start.nanoseconds
    }

    public var now: MonotonicInstant { MonotonicInstant(nanoseconds: elapsed.withLock { $0 }) }
    public var unixNanoseconds: Int64 { elapsed.withLock { $0 } + unixEpoch }

    public func advance(by duration: Duration) {
        elapsed.withLock { $0 += duration.nanoseconds }
    }
}
