import Glibc

/// A counting semaphore of the system, for calls from any thread (sem_overview(7)). A signal handler may call `post`
/// (signal-safety(7)).
package final class Semaphore: Sendable {
    // It lives at an address: allocated once, freed with the object.
    private nonisolated(unsafe) let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    /// At zero.
    package init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    package func post() { sem_post(semaphore) }

    package func wait() {
        while sem_wait(semaphore) != 0 {}
    }

    /// Waits for a post, and takes all that there are.
    package func waitForAll() {
        wait()
        while sem_trywait(semaphore) == 0 {}
    }

    /// Returns false where the time comes first.
    /// - Parameter unixNanoseconds: by the wall clock, as POSIX has it.
    package func wait(until unixNanoseconds: Int64) -> Bool {
        var time = timespec(
            tv_sec: Int(unixNanoseconds / 1_000_000_000), tv_nsec: Int(unixNanoseconds % 1_000_000_000))
        while sem_timedwait(semaphore, &time) != 0 {
            if errno == ETIMEDOUT { return false }
            precondition(errno == EINTR, "sem_timedwait was called wrongly")
        }
        return true
    }
}
