/// What trials take by the clock, beside connecting, warm-up and measuring. The figures were measured on two cores of a server;
/// a progress display corrects them by what its own trials take.
public enum TrialDuration {
    /// From one trial's last event to the next one's first connection: a server and a load generator end and start.
    private static let processSeconds = 0.1
    /// The same of a study of sessions, which starts a proxy or a second node as well.
    private static let sessionProcessSeconds = 0.4
    /// Until all sessions are back once the fault is repaired: the first wait of a backoff is up to a second.
    private static let returnSeconds = 1.3
    /// The measuring client, measured for each load before the first trial.
    private static let calibrationSeconds = 0.7

    /// Seconds of a trial, its processes' start and end among them.
    public static func seconds(of trial: Trial, in study: Experiment.Study) -> Double {
        let planned = trial.estimatedSeconds
        switch study {
        case .delivery:
            // What was published last reaches a poller one interval later.
            return planned + processSeconds + (trial.cell.pollIntervalSeconds ?? 0)
        case .auth:
            // `measureSeconds` is the whole of such a trial.
            return planned
        case .reconnection:
            // `measureSeconds` bounds a return that is over sooner as a rule.
            let course = (trial.cell.session?.fault?.repairedAfter ?? 0) + returnSeconds
            return planned - trial.measureSeconds + min(course, trial.measureSeconds) + sessionProcessSeconds
        case .storm, .drain, .proxies:
            return planned + sessionProcessSeconds
        }
    }

    /// Seconds of what is done before the first of such trials.
    public static func preparation(of trials: [Trial], in study: Experiment.Study) -> Double {
        guard study == .delivery else { return 0 }
        let loads = Set(trials.lazy.filter { $0.cell.load.updatesPerSecond > 0 }.map(\.cell.load.name))
        return calibrationSeconds * Double(loads.count)
    }
}

extension Experiment {
    /// Seconds that trials of it are expected to take by the clock, with what is done before the first of them.
    public func expectedSeconds(of trials: [Trial]) -> Double {
        trials.reduce(TrialDuration.preparation(of: trials, in: study)) {
            $0 + TrialDuration.seconds(of: $1, in: study)
        }
    }
}
