import Testing
import Threads

/// Runs the tests of a suite on threads of their own: those that read from sockets in the blocking way would else hold the threads
/// of Swift's pool, which has as many as there are cores, and whatever runs beside them would miss its deadlines.
struct OwnThreads: SuiteTrait, TestTrait, TestScoping {
    let isRecursive = true

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(ThreadPerJob(), operation: function)
    }
}

extension Trait where Self == OwnThreads {
    static var ownThreads: Self { OwnThreads() }
}

/// What comes between two suspensions of a task has a thread.
private final class ThreadPerJob: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        do {
            try SystemThread { job.runSynchronously(on: executor) }.detach()
        } catch {
            preconditionFailure("the system has no thread for a test: \(error)")
        }
    }
}
