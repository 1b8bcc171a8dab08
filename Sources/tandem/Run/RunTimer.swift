import Clocks
import ExperimentModel
import ExperimentRunner
import LoadGeneration

/// Where a run is, and how long what remains will take: what is expected of its trials, corrected by what those so far took.
struct RunTimer {
    /// The expectation counts as much as trials of so many seconds: the first few must not overthrow it.
    private static let trust = 30.0

    private let clock = MonotonicClock()
    private let start: MonotonicInstant
    private let study: Experiment.Study
    private let counts: RunCounts
    /// The place of the trial under way among those that the filter matches; 0 before the first.
    private(set) var index = 0
    private(set) var cell = ""
    private(set) var step = "starting"
    /// Expected of all that has not begun.
    private var ahead: Double
    /// Expected of what is under way, and when it began.
    private var current: Double
    private var began: MonotonicInstant
    /// Expected of the trials that were carried out, and what they took.
    private var expected = 0.0
    private var spent = 0.0

    init(_ run: PlannedRun) {
        study = run.experiment.study
        counts = run.counts
        current = TrialDuration.preparation(of: run.trials, in: run.experiment)
        ahead = run.trials.reduce(0) { [study] in $0 + TrialDuration.seconds(of: $1, in: study) }
        start = clock.now
        began = start
    }

    mutating func observe(_ event: RunEvent) {
        switch event {
        case .began: break
        case .calibrating(let load):
            step = "measuring the client itself: \(load)"
        case .preparing(let what):
            step = what
        case .trialBegan(let trial, let index):
            self.index = counts.place(ofRemaining: index)
            cell = trial.cell.id
            began = clock.now
            current = TrialDuration.seconds(of: trial, in: study)
            ahead -= current
            step = "starting"
        case .phase(let event):
            switch event.event {
            case .started: step = "connecting"
            case .progress where step == "connecting":
                step = "connecting"
            case .ready: step = "warming up"
            case .measuring: step = "measuring"
            case .measured: step = "draining"
            case .held: step = "closing"
            default: break
            }
        case .trialEnded(let observation):
            // What is skipped takes no time, and says nothing of the others.
            if observation.status != .skipped {
                expected += current
                spent += began.duration(to: clock.now).seconds
            }
            current = 0
            began = clock.now
        }
    }

    /// Those that the filter matches, recorded before or not.
    var trials: Int { counts.selected }

    var elapsedSeconds: Double { start.duration(to: clock.now).seconds }

    var remainingSeconds: Double {
        let correction = (spent + Self.trust) / (expected + Self.trust)
        return max(0, current * correction - began.duration(to: clock.now).seconds) + max(0, ahead) * correction
    }
}
