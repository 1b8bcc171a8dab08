public import Clocks
import Glibc
import LWS
public import Measurement

extension Pacer {
    /// Calls `publish` for each publication when it is due, on the calling thread, whatever happened to earlier ones
    /// (an open loop). A late publication is sent at once, with the time at which it was due.
    ///
    /// - Parameters:
    ///   - end: publications that are due at this time or later are omitted; nil for an endless schedule.
    ///   - isStopped: called before each publication, and every 20 ms while none is due.
    public mutating func follow(
        until end: MonotonicInstant? = nil, by clock: any TimeSource, isStopped: () -> Bool,
        _ publish: (Publication) -> Void
    ) {
        // The default slack of 50 µs would add to every latency.
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
