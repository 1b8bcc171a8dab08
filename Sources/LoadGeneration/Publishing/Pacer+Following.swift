public import Clocks
import Glibc
import LWS
public import Measurement

extension Pacer {
    /// Calls `publish` for each publication as soon as it is due, on the calling thread, whatever became of those
    /// before: an open loop. One that is late goes out at once, and has the time at which it was due.
    ///
    /// - Parameters:
    ///   - end: what is intended at or after it is left; nil for a schedule without an end.
    ///   - isStopped: looked at before each publication, and every 20 ms while none is due.
    public mutating func follow(
        until end: MonotonicInstant? = nil, by clock: any TimeSource, isStopped: () -> Bool,
        _ publish: (Publication) -> Void
    ) {
        // The default slack of 50 us would add to every latency.
        EventLibrary.reduceTimerSlack()
        while let next, end.map({ next < $0 }) ?? true, !isStopped() {
            if let publication = take(at: clock.now) {
                publish(publication)
            } else {
                let instant = min(next.nanoseconds, clock.now.nanoseconds + 20_000_000)
                var time = timespec(tv_sec: Int(instant / 1_000_000_000), tv_nsec: Int(instant % 1_000_000_000))
                clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil)
            }
        }
    }
}
