public import ExperimentModel
public import LoadGeneration

/// The events of a run, for progress displays.
public enum RunEvent: Sendable {
    /// - trials: those that are done and those that follow. remaining: those that follow.
    case began(trials: Int, remaining: Int)
    /// The measuring client's own latency is being measured for a load.
    case calibrating(load: String)
    /// A study prepares its first trial. The text has a few words.
    case preparing(String)
    /// - index: counted from 1 among those that remained when the run began.
    case trialBegan(Trial, index: Int)
    case phase(LoadEvent)
    case trialEnded(Observation)
}

/// Receives the events of a run, in order.
public protocol RunObserver: Sendable {
    func observe(_ event: RunEvent)
}
