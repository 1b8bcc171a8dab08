import Dispatch

/// Runs jobs one after the other, off the caller's thread. Where it is the executor of an actor, a plain closure on
/// the queue can also access the actor without a suspension.
final class SerialQueue: SerialExecutor {
    private let queue: DispatchQueue

    init(_ label: String) {
        queue = DispatchQueue(label: label)
    }

    func submit(_ task: @escaping @Sendable () -> Void) {
        queue.async(execute: task)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
