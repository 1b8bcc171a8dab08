import ExperimentModel
import Testing

@Suite struct ExperimentFilesTests {
    static let names = RepositoryFiles.names(in: "Experiments", suffix: ".yaml")

    private func load(_ name: String) throws -> Experiment {
        try Experiment.load(RepositoryFiles.path("Experiments/" + name))
    }

    @Test("The usual experiments are there") func theConventionalOnesAreThere() {
        for name in ["fan-out", "footprint", "latency", "polling", "quick", "soak"] {
            #expect(Self.names.contains(name + ".yaml"))
        }
    }

    @Test("The quick experiment fits into 250 s, and into 150 s where its question is soon answered")
    func quickFitsItsBound() throws {
        let experiment = try load("quick.yaml")
        let trials = TrialPlan(experiment, seed: 1).trials
        #expect(experiment.maximumSeconds == 250)
        #expect(experiment.expectedSeconds(of: trials) <= 250)
        let soonest = try #require(experiment.primary?.looks.first)
        #expect(experiment.expectedSeconds(of: trials.filter { $0.block <= soonest }) <= 150)
    }

    @Test("The quick experiment asks first how WebSocket compares with SSE under each of its conditions")
    func quickAsksTheQuestion() throws {
        let primary = try #require(try load("quick.yaml").primary)
        #expect(primary.pairs.count == 4)
        #expect(primary.pairs.allSatisfy { $0.cell.hasPrefix("websocket.h1.") && $0.against.hasPrefix("sse.h1.") })
    }

    @Test("The quick experiment has every transport with and without TLS, the floor and the noise pair")
    func quickHoldsTheWholeMatrix() throws {
        let experiment = try load("quick.yaml")
        let expected = ["sse.h1", "sse.h2", "websocket.h1", "polling-5s.h1", "long-polling.h1"].flatMap { transport in
            ["plain", "tls"].flatMap { tls in ["fan-out", "per-order"].map { "\(transport).\(tls).\($0)" } }
        }
        #expect(Set(experiment.cells.filter { $0.role == .measure }.map(\.id)) == Set(expected))
        #expect(experiment.cells.contains { $0.role == .floor })
        #expect(experiment.cells.contains { $0.role == .aa })
    }

    @Test("Polling cells warm up for at least one interval", arguments: ["quick.yaml", "polling.yaml"])
    func pollersWarmUpForAWholeInterval(name: String) throws {
        let trials = TrialPlan(try load(name), seed: 1).trials
        let pollers = trials.filter { $0.cell.pollIntervalSeconds != nil }
        #expect(!pollers.isEmpty)
        #expect(pollers.allSatisfy { $0.warmupSeconds >= $0.cell.pollIntervalSeconds ?? .infinity })
    }

    @Test("The windows of polling cells are whole intervals") func pollingWindowsAreWholeIntervals() throws {
        for trial in TrialPlan(try load("polling.yaml"), seed: 1).trials {
            guard let interval = trial.cell.pollIntervalSeconds else { continue }
            #expect(trial.measureSeconds.truncatingRemainder(dividingBy: interval) == 0)
        }
    }
}
