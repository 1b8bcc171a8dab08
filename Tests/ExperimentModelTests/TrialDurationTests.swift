import ExperimentModel
import Testing

/// What a run is expected to take: its windows, and what was measured of the rest.
@Suite struct TrialDurationTests {
    private let experiment: Experiment
    private let trials: [Trial]

    init() throws {
        experiment = try Experiment.load(RepositoryFiles.path("Experiments/quick.yaml"))
        trials = TrialPlan(experiment, seed: 1).trials
    }

    @Test("What was published last reaches a poller an interval later, and that takes as long")
    func pollersTakeAnInterval() throws {
        let polling = try #require(trials.first { $0.cell.pollIntervalSeconds == 5 })
        let push = try #require(trials.first { $0.cell.transport == "sse" && $0.cell.tls == polling.cell.tls })
        func overhead(_ trial: Trial) -> Double { experiment.expectedSeconds(of: [trial]) - trial.estimatedSeconds }
        #expect(abs(overhead(polling) - overhead(push) - 5) < 1e-9)
    }

    @Test("The attacks on each cell are part of a run on authentication, those on a cell without it are none")
    func attacksTakeTime() throws {
        let auth = try Experiment.load(RepositoryFiles.path("Experiments/auth.yaml"))
        let trials = TrialPlan(auth, seed: 1).trials
        let attacked = trials.filter { $0.cell.load.updatesPerSecond > 0 && $0.cell.auth != "none" }
        #expect(TrialDuration.preparation(of: attacked, in: auth) > 0)
        #expect(TrialDuration.preparation(of: trials, in: auth) == TrialDuration.preparation(of: attacked, in: auth))
    }

    @Test("A run of some trials is expected to take less than the whole")
    func someTakeLess() throws {
        let some = trials.filter { $0.cell.load.name == "fan-out" }
        #expect(experiment.expectedSeconds(of: some) < experiment.expectedSeconds(of: trials))
        #expect(experiment.expectedSeconds(of: []) == 0)
    }
}
