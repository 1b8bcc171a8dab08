import ExperimentModel
import ExperimentRunner
import Synchronization

/// A line for each trial, for logs.
final class LineProgress: RunProgress {
    /// Nil before the run is announced.
    private let timer = Mutex<RunTimer?>(nil)

    func announce(_ run: PlannedRun) {
        timer.withLock { $0 = RunTimer(run) }
        StandardStreams.error(RunText.beginning(run))
    }

    func observe(_ event: RunEvent) {
        let timer = timer.withLock { timer in
            timer?.observe(event)
            return timer
        }
        if case .preparing(let what) = event { StandardStreams.error("\(what)\n") }
        guard let timer, case .trialEnded(let observation) = event else { return }
        StandardStreams.error(
            "[\(timer.index)/\(timer.trials)] \(RunText.clock(timer.elapsedSeconds)) \(observation.cell.id): "
                + "\(RunText.result(observation))\n")
    }

    func conclude(_ run: PlannedRun, _ outcome: RunOutcome, _ observations: [Observation]) {
        StandardStreams.output(RunText.ending(run, outcome, observations, width: RunText.width))
    }
}
