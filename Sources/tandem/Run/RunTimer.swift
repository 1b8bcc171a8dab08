import ExperimentModel
import ExperimentRunner
import LoadGeneration

/// Where a run is, and how long what remains will take by what the trials so far took.
struct RunTimer {
    private let clock = ContinuousClock()
    private let start = ContinuousClock.now
    private(set) var trials = 0
    private(set) var index = 0
    private(set) var cell = ""
    private(set) var step = "starting"
    private var estimated = 0.0
    private var done = 0.0
    private var current = 0.0
    private var firstTrial: ContinuousClock.Instant?

    init() {}

    mutating func observe(_ event: RunEvent) {
        switch event {
        case .began(_, let remaining, let seconds):
            trials = remaining
            estimated = seconds
        case .calibrating(let load):
            step = "measuring the client itself: \(load)"
        case .preparing(let what):
            step = what
        case .trialBegan(let trial, let index):
            if firstTrial == nil { firstTrial = clock.now }
            self.index = index
            cell = trial.cell.id
            current = trial.estimatedSeconds
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
        case .trialEnded:
            done += current
        }
    }

    var elapsedSeconds: Double { (clock.now - start).secondsOnly }

    /// Nil before the first trial has ended.
    var remainingSeconds: Double? {
        guard let firstTrial, done > 0 else { return nil }
        let spent = (clock.now - firstTrial).secondsOnly
        return max(0, (estimated - done) * spent / max(done + current / 2, 0.001))
    }
}

extension Duration {
    fileprivate var secondsOnly: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
