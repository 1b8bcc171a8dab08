import Synchronization

/// A thread that works in rounds: whenever it was woken, until it is stopped.
///
/// Wakes coalesce. What is handed over while a round blocks, as in fsync(2), waits for the next one: the slower the disk, the
/// larger the groups.
///
/// Lifetime: `start` once; `wake` from any thread, also before; `stop` joins the thread, and returns at once when called again. A
/// worker that was started and is never stopped keeps its thread.
package final class WorkerThread: Sendable {
    private let wakes = Semaphore()
    private let isStopping = Atomic(false)
    private let thread = Mutex<SystemThread?>(nil)

    package init() {}

    /// - Parameter round: called on the thread alone; returns whether another may follow. The last one, after `stop`, is told so.
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

    /// Runs a last round, and returns when the thread has ended.
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
