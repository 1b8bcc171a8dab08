import Clocks
import Glibc
import Synchronization

/// Lets one thread wait until updates have been delivered. Costs the loops a load each time they flush.
final class DeliveryMonitor: Sendable {
    private let isAwaited = Atomic<Bool>(false)
    // A semaphore lives at an address: allocated once, freed with the monitor.
    private nonisolated(unsafe) let changed = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(changed, 0, 0) }

    deinit {
        sem_destroy(changed)
        changed.deallocate()
    }

    func flushed() {
        if isAwaited.load(ordering: .sequentiallyConsistent) { sem_post(changed) }
    }

    /// Returns false when `bound` has passed first.
    func wait(within bound: Duration, until isDone: () -> Bool) -> Bool {
        isAwaited.store(true, ordering: .sequentiallyConsistent)
        defer { isAwaited.store(false, ordering: .sequentiallyConsistent) }
        let deadline = MonotonicClock().unixNanoseconds + bound.nanoseconds
        var until = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        while !isDone() {
            if sem_timedwait(changed, &until) != 0, errno == ETIMEDOUT { return isDone() }
        }
        return true
    }
}
