import Glibc
import Synchronization
import Testing
import Threads

@Suite struct SystemThreadTests {
    @Test("A thread runs its body, and a join waits for it")
    func runs() throws {
        let ran = Mutex(false)
        let thread = try SystemThread { ran.withLock { $0 = true } }
        thread.join()
        #expect(ran.withLock { $0 })
    }

    private final class Gate: Sendable {
        let isOpen = Atomic(false)
    }

    /// As many wait as Swift's pool has threads, for what one more task of the pool does.
    @Test("Who waits for a thread holds none of Swift's pool", .timeLimit(.minutes(1)))
    func isAwaited() async throws {
        let gate = Gate()
        let threads = try (0..<max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))).map { _ in
            try SystemThread { while !gate.isOpen.load(ordering: .relaxed) { sched_yield() } }
        }
        await withTaskGroup(of: Void.self) { group in
            for thread in threads { group.addTask { await thread.joined() } }
            group.addTask { gate.isOpen.store(true, ordering: .relaxed) }
        }
        let ended = try SystemThread {}
        await ended.joined()
    }

    // In a process of its own: no thread of it can be made.
    @Test("A thread that the system cannot make is an error that says what to do, and its body is let go of")
    func lacks() async {
        await #expect(processExitsWith: .success) {
            final class Witness: Sendable {}
            ThreadLack.begin()
            weak var left: Witness?
            do {
                let witness = Witness()
                left = witness
                _ = try SystemThread { withExtendedLifetime(witness) {} }
                exit(EXIT_FAILURE)
            } catch let error as SystemThread.Failure {
                guard error.description.contains("ulimit -u") else { exit(EXIT_FAILURE) }
            }
            guard left == nil else { exit(EXIT_FAILURE) }
            ThreadLack.end()
            try SystemThread {}.join()
        }
    }
}
