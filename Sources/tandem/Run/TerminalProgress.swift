import ExperimentModel
import ExperimentRunner
import Synchronization

/// A status line that is overwritten, for a person at a terminal.
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
                // Cancelling ends the sleep early. A line that is painted then would overwrite the following output.
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
            // A failure scrolls by above the line, and stays.
            StatusLine.leave("\(observation.cell.id): \(RunText.result(observation))")
        }
        paint()
    }

    func conclude(_ run: PlannedRun, _ outcome: RunOutcome, _ observations: [Observation]) {
        StandardStreams.output(RunText.ending(run, outcome, observations, width: RunText.width))
    }

    /// Returns once the line is removed and will not be painted again.
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

    /// The times are always shown. With little room the cell's name is shortened; with less the step is omitted, then
    /// the name, then the counter.
    private static func line(_ timer: RunTimer, _ names: CellNames, width: Int) -> String {
        let times = "\(RunText.clock(timer.elapsedSeconds)), about \(RunText.clock(timer.remainingSeconds)) left"
        guard timer.index > 0 else { return shortened(timer.step, to: width - times.count - 2) + "  " + times }
        let counter = "[\(timer.index)/\(timer.trials)]"
        // The counter is followed by one blank, and the times follow two.
        let room = width - counter.count - times.count - 3
        let (name, step) = (names[timer.cell], "  \(timer.step)")
        let besideStep = room - step.count
        if besideStep >= min(8, name.count) {
            return "\(counter) \(shortened(name, to: besideStep))\(step)  \(times)"
        }
        let short = shortened(name, to: room)
        if !short.isEmpty { return "\(counter) \(short)  \(times)" }
        return counter.count + 1 + times.count <= width ? "\(counter) \(times)" : times
    }

    /// Omits the middle of a text that is too long, because both ends distinguish cells. Empty where only the dots
    /// would fit.
    private static func shortened(_ text: String, to room: Int) -> String {
        guard text.count > room else { return text }
        guard room >= 3 else { return "" }
        let kept = room - 2
        return text.prefix(kept - kept / 2) + ".." + text.suffix(kept / 2)
    }
}
