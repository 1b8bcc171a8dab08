/// How long trials take by the clock, in addition to connecting, warm-up and measuring. The figures were measured on
/// a server with two cores; a progress display corrects them by the times of its own trials.
public enum TrialDuration {
    /// For each trial: a server and a load generator start, prove that they deliver the same, drain and end.
    private static let processSeconds = 0.4
    /// The same in a study of sessions, which also starts a proxy or a second node.
    private static let sessionProcessSeconds = 0.7
    /// The same in a study of capacity, where servers publish after a pause once all have connected, or where connections are
    /// only held.
    private static let scheduleSeconds = 1.0
    private static let holdingSeconds = 2.0
    /// Until all sessions are back after the repair: the first wait of a backoff is up to a second.
    private static let returnSeconds = 1.3
    /// The calibration of the measuring client, which is measured for each load before the first trial.
    private static let calibrationSeconds = 0.7
    /// The attacks on a cell, before the first trial. A quarter of the cells cannot exist, and takes no time.
    private static let attackSeconds = 0.8
    /// The report, after the last trial.
    private static let reportSeconds = 1.5

    /// The seconds of a trial, including the start and the end of its processes.
    public static func seconds(of trial: Trial, in study: Experiment.Study) -> Double {
        let planned = trial.estimatedSeconds
        switch study {
        case .delivery:
            // The last update reaches a poller one interval later.
            return planned + processSeconds + (trial.cell.pollIntervalSeconds ?? 0)
        case .auth:
            // `measureSeconds` is the whole of such a trial.
            return planned
        case .reconnection:
            // `measureSeconds` limits the return, which usually takes less.
            let course = (trial.cell.session?.fault?.repairedAfter ?? 0) + returnSeconds
            return planned - trial.measureSeconds + min(course, trial.measureSeconds) + sessionProcessSeconds
        case .storm, .drain, .proxies:
            return planned + sessionProcessSeconds
        case .capacity:
            switch trial.cell.goal?.figure {
            case .memoryPerConnection: return planned + holdingSeconds
            // Twice, and twice the time that the memory has to come back.
            case .memoryReturned: return 2 * (planned + holdingSeconds + 3)
            default: return planned + scheduleSeconds
            }
        }
    }

    /// The seconds of the work before the first of an experiment's trials.
    public static func preparation(of trials: [Trial], in experiment: Experiment) -> Double {
        let published = trials.filter { $0.cell.load.updatesPerSecond > 0 }
        switch experiment.study {
        case .delivery: return calibrationSeconds * Double(Set(published.map(\.cell.load.name)).count)
        case .auth where experiment.probes.contains("attacks"):
            return attackSeconds * Double(published.count { $0.cell.auth != "none" })
        case .auth, .reconnection, .storm, .drain, .proxies, .capacity: return 0
        }
    }

    /// The seconds of all trials, including the work before the first and after the last.
    public static func seconds(of trials: [Trial], in experiment: Experiment) -> Double {
        guard !trials.isEmpty else { return 0 }
        return trials.reduce(preparation(of: trials, in: experiment) + reportSeconds) {
            $0 + seconds(of: $1, in: experiment.study)
        }
    }
}

extension Experiment {
    /// The seconds that a run of these trials is expected to take by the clock.
    public func expectedSeconds(of trials: [Trial]) -> Double { TrialDuration.seconds(of: trials, in: self) }
}
