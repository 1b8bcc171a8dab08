import Synchronization

/// A thread that works in rounds: one whenever it was woken, until it is stopped.
///
/// Wakes coalesce. What arrives while a round blocks, as in fsync(2), waits for the next round: the slower the disk,
/// the larger the groups.
///
/// Lifetime: `start` is called once. `wake` may be called from any thread, also before `start`. `stop` joins the
/// thread, and returns at once when called again. A worker that was started and is never stopped keeps its thread.
package final class WorkerThread: Sendable {
    private let wakes = Semaphore()
    private let isStopping = Atomic(false)
    private let thread = Mutex<SystemThread?>(nil)

    package init() {}

    /// - Parameter round: called only on the thread; returns whether another round may follow. The last round, after
    ///   `stop`, is told that it is the last.
    /// - Throws: where the system has no thread to give.
    package func start(_ round: @escaping @Sendable (_ isLast: Bool) -> Bool) throws(SystemThread.Failure) {
        let started = try SystemThread { [self] in
            while true {
                wakes.waitForAll()
                let isLast = isStopping.load(ordering: .acquiring)
                guard round(isLast), !isLast else { return }
            }
        }
        thread.withLock { thread in
            precondition(thread == nil, "a worker is started once")
            thread = started
        }
    }

    package func wake() { wakes.post() }

    /// Runs a last round, and returns once the thread has ended.
    package func stop() {
        isStopping.store(true, ordering: .releasing)
        wake()
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        running?.join()
    }
}
