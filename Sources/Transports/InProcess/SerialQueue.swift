import Dispatch

/// Runs what it is given one after the other, off the caller's thread; an actor that has it as its executor can also be
/// entered by a plain task of the queue, without a suspension.
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
