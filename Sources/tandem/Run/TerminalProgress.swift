import ExperimentModel
import ExperimentRunner
import Glibc
import Synchronization

/// One line that is written over and over, for a person at a terminal.
final class TerminalProgress: RunProgress {
    private struct State {
        var timer = RunTimer()
        var painter: Task<Void, Never>?
    }

    private let state = Mutex(State())

    func announce(_ run: PlannedRun) {
        StandardStreams.error(RunText.beginning(run))
        let painter = Task { [self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(500))
                // Cancelling ends the sleep early, and what is painted then would stand over what follows the line.
                if !Task.isCancelled { paint() }
            }
        }
        state.withLock { $0.painter = painter }
    }

    func observe(_ event: RunEvent) {
        state.withLock { $0.timer.observe(event) }
        if case .trialEnded(let observation) = event,
            observation.status == .failed || observation.status == .invalid
        {
            // What went wrong scrolls by above the line, and stays.
            StandardStreams.error("\r\u{1B}[K\(observation.cell.id): \(RunText.result(observation))\n")
        }
        paint()
    }

    func conclude(_ run: PlannedRun, _ outcome: RunOutcome, _ observations: [Observation]) {
        StandardStreams.output(RunText.ending(run, outcome, observations, width: RunText.width))
    }

    /// Returns once the line is gone, and nobody paints it any more.
    func stop() async {
        let painter = state.withLock { $0.painter }
        painter?.cancel()
        await painter?.value
        StandardStreams.error("\r\u{1B}[K")
    }

    private func paint() {
        let line = state.withLock { state in
            let timer = state.timer
            var line = timer.index == 0 ? timer.step : "[\(timer.index)/\(timer.trials)] \(timer.cell)  \(timer.step)"
            line += "  \(RunText.clock(timer.elapsedSeconds)) elapsed"
            if let rest = timer.remainingSeconds { line += ", about \(RunText.clock(rest)) left" }
            return line
        }
        // Cut to the window: a line that wraps cannot be written over.
        StandardStreams.error("\r\u{1B}[K" + line.prefix(max(20, RunText.columns(of: STDERR_FILENO) - 1)))
    }
}
