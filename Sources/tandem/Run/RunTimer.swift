import Clocks
import ExperimentModel
import ExperimentRunner
import LoadGeneration

/// The progress of a run, and how long the rest will take.
struct RunTimer {
    private let clock = MonotonicClock()
    private let start: MonotonicInstant
    private let study: Experiment.Study
    private let counts: RunCounts
    /// The number of the current trial among those that the filter matches; 0 before the first.
    private(set) var index = 0
    private(set) var cell = ""
    private(set) var step = "starting"
    private var estimate: RunEstimate
    /// When the current step began.
    private var began: MonotonicInstant

    init(_ run: PlannedRun) {
        study = run.experiment.study
        counts = run.counts
        estimate = RunEstimate(
            preparation: TrialDuration.preparation(of: run.trials, in: run.experiment),
            trials: run.trials.reduce(0) { [study] in $0 + TrialDuration.seconds(of: $1, in: study) })
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
            estimate.begin(TrialDuration.seconds(of: trial, in: study))
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
            estimate.end(after: observation.status == .skipped ? nil : sinceBegan)
            began = clock.now
        }
    }

    /// The trials that the filter matches, whether or not they had been recorded before.
    var trials: Int { counts.selected }

    var elapsedSeconds: Double { start.duration(to: clock.now).seconds }

    var remainingSeconds: Double { estimate.remaining(after: sinceBegan) }

    private var sinceBegan: Double { began.duration(to: clock.now).seconds }
}
