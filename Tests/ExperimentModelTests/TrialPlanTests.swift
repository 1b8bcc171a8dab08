import ExperimentModel
import SeededRandomness
import Testing

@Suite struct TrialPlanTests {
    static func experiment(repetitions: Int = 4) -> Experiment {
        Experiment(
            name: "x", title: "X", warmupSeconds: 1, measureSeconds: 2, repetitions: repetitions,
            factors: Factors(
                transport: [.init("sse"), .init("websocket"), .init("polling")],
                [.tls: [false, true], .load: ["one"]]),
            loads: [LoadProfile(name: "one", connections: 100, orders: 1, updatesPerSecond: 5)])
    }

    @Test("Every block has every cell once", arguments: UInt64(1)...20)
    func everyBlockHoldsEveryCellOnce(seed: UInt64) {
        let experiment = Self.experiment()
        let plan = TrialPlan(experiment, seed: seed)
        #expect(plan.trials.map(\.number) == Array(1...plan.trials.count))
        for block in 1...4 {
            let trials = plan.trials.filter { $0.block == block }
            #expect(trials.map(\.position) == Array(1...experiment.cells.count))
            #expect(Set(trials.map(\.cell)) == Set(experiment.cells))
        }
    }

    @Test("Every second block is the mirror of the one before", arguments: UInt64(1)...20)
    func everySecondBlockIsTheMirrorOfTheOneBefore(seed: UInt64) {
        let plan = TrialPlan(Self.experiment(), seed: seed)
        func order(_ block: Int) -> [String] { plan.trials.filter { $0.block == block }.map(\.cell.id) }
        #expect(order(2) == order(1).reversed())
        #expect(order(4) == order(3).reversed())
        #expect(order(3) != order(1))
    }

    @Test("Shuffled blocks are not mirrored") func shuffledBlocksAreNotMirrored() {
        var experiment = Self.experiment()
        experiment.interleaving = .shuffled
        let plan = TrialPlan(experiment, seed: 1)
        let orders = (1...4).map { block in plan.trials.filter { $0.block == block }.map(\.cell.id) }
        #expect(Set(orders).count == 4)
        #expect(orders[1] != orders[0].reversed())
    }

    @Test("Over many seeds every cell is the first of a block about as often") func placesAreEven() {
        let experiment = Self.experiment(repetitions: 1)
        var first: [String: Int] = [:]
        for seed in 1...1_000 {
            first[TrialPlan(experiment, seed: UInt64(seed)).trials[0].cell.id, default: 0] += 1
        }
        let expected = 1_000 / experiment.cells.count
        #expect(first.count == experiment.cells.count)
        #expect(first.values.allSatisfy { abs($0 - expected) < 60 })
    }

    @Test("The seed decides the plan") func theSeedDecidesThePlan() {
        let experiment = Self.experiment()
        #expect(TrialPlan(experiment, seed: 7) == TrialPlan(experiment, seed: 7))
        #expect(TrialPlan(experiment, seed: 7).trials != TrialPlan(experiment, seed: 8).trials)
    }

    /// A published run must stay reproducible: the order of a seed does not change from version to version.
    @Test("The order that follows from a seed does not change") func theOrderOfASeedIsFixed() {
        let plan = TrialPlan(Self.experiment(repetitions: 1), seed: 42)
        #expect(
            plan.trials.map(\.cell.id) == [
                "sse.h1.plain.one.b", "sse.h1.tls.one", "polling-5s.h1.plain.one", "websocket.h1.plain.one",
                "sse.h1.plain.one.a", "websocket.h1.plain.one.floor", "sse.h1.plain.one.floor",
                "polling-5s.h1.tls.one", "websocket.h1.tls.one", "sse.h1.plain.one",
            ])
    }

    @Test("A seed that is drawn is exact in JSON") func drawnSeedsAreExactInJSON() {
        var generator = SeededGenerator(seed: 1)
        #expect((0..<1_000).allSatisfy { _ in TrialPlan.drawSeed(&generator) < 1 << 53 })
    }

    @Test("An override changes durations and repetitions") func overridesChangeDurationsAndRepetitions() {
        var experiment = Self.experiment()
        experiment.overrides = [
            TrialOverride(when: [.transport: ["polling"]], warmupSeconds: 5, repetitions: 2),
            TrialOverride(when: [.transport: ["polling"], .tls: [true]], measureSeconds: 9),
        ]
        let polling = TrialPlan(experiment, seed: 3).trials.filter { $0.cell.transport == "polling" }
        #expect(polling.count == 4)
        #expect(Set(polling.map(\.block)) == [1, 2])
        #expect(polling.allSatisfy { $0.warmupSeconds == 5 })
        #expect(polling.allSatisfy { $0.measureSeconds == ($0.cell.tls ? 9 : 2) })
    }

    @Test("The estimate of a trial counts the time to connect") func estimateCountsConnecting() {
        let load = LoadProfile(name: "l", connections: 1_000, orders: 1, updatesPerSecond: 1, connectRate: 100)
        let trial = Trial(
            number: 1, block: 1, position: 1, cell: Cell(transport: "sse", load: load), warmupSeconds: 1,
            measureSeconds: 2)
        #expect(trial.estimatedSeconds == 13)
    }

    // MARK: Resuming

    static func observation(of trial: Trial, in plan: TrialPlan) -> Observation {
        Observation(
            experiment: plan.experiment, run: "x-1", seed: plan.seed, trial: trial.number, block: trial.block,
            position: trial.position, cell: trial.cell, status: .failed, reason: "the server did not start",
            startedAt: "2026-11-23T05:07:23Z", warmupSeconds: 1, measuredSeconds: 0)
    }

    @Test("A trial that has an observation does not remain") func whatHasAnObservationDoesNotRemain() throws {
        let plan = TrialPlan(Self.experiment(), seed: 5)
        #expect(try plan.remaining(after: []) == plan.trials)
        let done = plan.trials.prefix(7).map { Self.observation(of: $0, in: plan) }
        #expect(try plan.remaining(after: done) == Array(plan.trials.dropFirst(7)))
        let all = plan.trials.map { Self.observation(of: $0, in: plan) }
        #expect(try plan.remaining(after: all).isEmpty)
    }

    @Test("Observations of another plan, or two of one trial, are refused")
    func observationsOfAnotherPlanAreRefused() throws {
        let plan = TrialPlan(Self.experiment(), seed: 5)
        let other = TrialPlan(Self.experiment(), seed: 6)
        let error = try #require(throws: ResultError.self) {
            try plan.remaining(after: [Self.observation(of: other.trials[0], in: other)])
        }
        #expect(error.code == .anotherPlan)
        var beyond = Self.observation(of: plan.trials[0], in: plan)
        beyond.trial = 10_000
        #expect(throws: ResultError.self) { try plan.remaining(after: [beyond]) }
        let twice = Self.observation(of: plan.trials[0], in: plan)
        #expect(throws: ResultError.self) { try plan.remaining(after: [twice, twice]) }
    }
}
