import ExperimentModel
import Synchronization

/// Runs the attack lists of a study's cells before its first measurement. A list waits for deadlines most of the
/// time, so several run beside each other, and none beside a measurement.
final class AttackPool: Sendable {
    typealias List = [AuthSummary.Attack]

    /// How many lists run at once. Each has a thread and a server; while one waits, the other works.
    static let width = 8

    /// The results by the number of the trial.
    private let results = Mutex<[Int: Result<List, any Error>]>([:])

    /// Runs the lists of these trials, several at once. The error of a list is kept for its trial.
    /// - Throws: only `CancellationError`.
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

    /// Nil where the trial had no list.
    /// - Throws: the error that ended its list.
    func results(of trial: Int) throws -> List? { try results.withLock { $0[trial] }?.get() }
}
