import ExperimentModel
import ExperimentRunner
import Synchronization

/// One line that is written over and over, for a person at a terminal.
final class TerminalProgress: RunProgress {
    private struct State {
        /// Nil before the run is announced.
        var timer: RunTimer?
        var names = CellNames([])
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
        state.withLock { state in
            state.timer = RunTimer(run)
            state.names = CellNames(run.trials.map(\.cell.id))
            state.painter = painter
        }
    }

    func observe(_ event: RunEvent) {
        state.withLock { $0.timer?.observe(event) }
        if case .trialEnded(let observation) = event,
            observation.status == .failed || observation.status == .invalid
        {
            // What went wrong scrolls by above the line, and stays.
            StatusLine.leave("\(observation.cell.id): \(RunText.result(observation))")
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
        StatusLine.clear()
    }

    private func paint() {
        let line = state.withLock { state in
            state.timer.map { Self.line($0, state.names, width: StatusLine.width) }
        }
        if let line { StatusLine.show(line) }
    }

    /// The times are always there; where there is little room, the cell's name gives way.
    private static func line(_ timer: RunTimer, _ names: CellNames, width: Int) -> String {
        let times = "  \(RunText.clock(timer.elapsedSeconds)), about \(RunText.clock(timer.remainingSeconds)) left"
        guard timer.index > 0 else { return shortened(timer.step, to: width - times.count) + times }
        let counter = "[\(timer.index)/\(timer.trials)] "
        let step = "  \(timer.step)"
        let room = width - counter.count - step.count - times.count
        return counter + shortened(names[timer.cell], to: room) + step + times
    }

    /// Without its middle where there is too much of it: both ends tell cells apart.
    private static func shortened(_ text: String, to room: Int) -> String {
        guard text.count > room else { return text }
        let kept = max(0, room - 2)
        return text.prefix(kept - kept / 2) + ".." + text.suffix(kept / 2)
    }
}
