import ExperimentModel
import Synchronization

/// The attack lists of a study's cells, run before its first measurement: a list waits for deadlines most of the time, so several
/// run beside each other, and none beside what is timed.
final class AttackPool: Sendable {
    typealias List = [AuthSummary.Attack]

    /// Lists at once. Each has a thread and a server, of which one works while the other waits.
    static let width = 8

    /// By the number of the trial.
    private let results = Mutex<[Int: Result<List, any Error>]>([:])

    /// Runs the lists of these trials, a few at once. What goes wrong with one is for its trial to say.
    /// - Throws: `CancellationError` alone.
    func run(_ trials: [Trial], _ list: @escaping @Sendable (Trial) async throws -> List) async throws {
        await withTaskGroup(of: Void.self) { group in
            for (index, trial) in trials.enumerated() {
                if index >= Self.width { await group.next() }
                group.addTask { [self] in
                    let result: Result<List, any Error>
                    do {
                        result = .success(try await list(trial))
                    } catch {
                        result = .failure(error)
                    }
                    results.withLock { $0[trial.number] = result }
                }
            }
        }
        try Task.checkCancellation()
    }

    /// Nil where the trial had none to run.
    /// - Throws: what its list ended with.
    func results(of trial: Int) throws -> List? { try results.withLock { $0[trial] }?.get() }
}
