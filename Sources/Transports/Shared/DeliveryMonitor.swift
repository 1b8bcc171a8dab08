import Clocks
import Synchronization
import Threads

/// Lets one thread wait until updates have been delivered. It costs the loops an atomic load for each flush.
final class DeliveryMonitor: Sendable {
    private let isAwaited = Atomic<Bool>(false)
    private let changed = Semaphore()

    func flushed() {
        if isAwaited.load(ordering: .sequentiallyConsistent) { changed.post() }
    }

    /// Returns false when `bound` has passed first.
    func wait(within bound: Duration, until isDone: () -> Bool) -> Bool {
        isAwaited.store(true, ordering: .sequentiallyConsistent)
        defer { isAwaited.store(false, ordering: .sequentiallyConsistent) }
        let deadline = MonotonicClock().unixNanoseconds + bound.nanoseconds
        while !isDone() {
            if !changed.wait(until: deadline) { return isDone() }
        }
        return true
    }
}
