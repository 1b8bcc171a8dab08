import ExperimentModel
import Testing

@Suite struct SessionStudyDecodingTests {
    private static let vocabulary: Vocabulary = {
        var vocabulary = Vocabulary.standard
        vocabulary.sessionClients = ["event-source", "full-jitter"]
        vocabulary.recoveries = ["replay", "snapshot"]
        vocabulary.paths = ["direct", "nginx"]
        vocabulary.faults = [
            FaultProfile(
                "latency", purpose: "delays what passes",
                parameters: [
                    .init("milliseconds", unit: "ms", default: 50, in: 0...10_000),
                    .init("toServer", unit: "", default: 1, in: 0...1, isWhole: true),
                ]),
            FaultProfile("reset", purpose: "resets connections", lasts: false),
        ]
        return vocabulary
    }()

    private static func file(
        study: String = "reconnection", faults: String = "faults: {cut: {fault: reset, at: 0.5}}",
        factors: String = "fault: cut"
    ) -> String {
        """
        name: sessions
        title: Sessions
        study: \(study)
        \(faults)
        factors:
          transport: [sse, {transport: websocket, client: full-jitter}]
          client: [event-source, full-jitter]
          recovery: replay
          \(factors)
        loads:
          sessions: {connections: 10, orders: 1, updatesPerSecond: 5}
        """
    }

    private func decode(_ yaml: String) throws -> Experiment {
        try Experiment.decode(yaml, file: "sessions.yaml", vocabulary: Self.vocabulary)
    }

    @Test("The levels of sessions are crossed like those of other factors") func levelsOfSessionsAreCrossed() throws {
        let faults = """
            faults:
              cut: {fault: reset, at: 0.5}
              slow:
                - {fault: reset, at: 3}
                - {fault: latency, at: 1, for: 2, milliseconds: 20}
            """
        let experiment = try decode(Self.file(faults: faults, factors: "fault: [cut, slow]"))
        #expect(
            experiment.cells.map(\.id) == [
                "sse.h1.plain.sessions.event-source.replay.cut", "sse.h1.plain.sessions.event-source.replay.slow",
                "sse.h1.plain.sessions.full-jitter.replay.cut", "sse.h1.plain.sessions.full-jitter.replay.slow",
                "websocket.h1.plain.sessions.full-jitter.replay.cut",
                "websocket.h1.plain.sessions.full-jitter.replay.slow",
            ])
        let plan = experiment.cells[1].session?.fault
        #expect(plan?.steps.map(\.fault) == ["latency", "reset"])
        #expect(plan?.steps.first?.parameters == ["milliseconds": 20])
        #expect(plan?.repairedAfter == 3)
    }

    @Test("Paces that are nearly the same have ids of their own") func fractionsOfAPace() throws {
        let experiment = try decode(Self.file(study: "storm", faults: "", factors: "pace: [1, 1.2, 1.7]"))
        let cells = experiment.cells.filter { $0.role == .measure }
        #expect(Set(cells.map(\.id)).count == cells.count)
        #expect(Set(cells.compactMap { $0.session?.pace }) == [1, 1.2, 1.7])
        #expect(cells.contains { $0.id.contains("pace-1.2") } && cells.contains { $0.id.hasSuffix("pace-1") })
    }

    @Test("A pace may be off") func aPaceMayBeOff() throws {
        let experiment = try decode(Self.file(study: "storm", faults: "", factors: "pace: [off, 500]"))
        #expect(Set(experiment.cells.map { $0.session?.pace }) == [nil, 500])
    }

    @Test("A selector may pick by the levels of sessions") func selectorsPickByLevelsOfSessions() throws {
        let experiment = try decode(Self.file() + "\nexclude: [{client: event-source}]")
        #expect(experiment.cells.map { $0.session?.client } == ["full-jitter", "full-jitter"])
    }

    @Test(
        "A factor, a fault or a key that does not fit the study is refused",
        arguments: [
            (file(factors: "fault: cute"), "unknown fault 'cute'"),
            (file(faults: "faults: {cut: {fault: rest}}"), "unknown fault 'rest'"),
            (file(faults: "faults: {cut: {fault: reset, for: 1}}"), "unknown key 'for'"),
            (file(faults: "faults: {cut: {fault: latency, milliseconds: -1}}"), "must lie between 0 and 10000"),
            (file(faults: "faults: {cut: {fault: latency, bytes: 5}}"), "unknown key 'bytes'"),
            (file(faults: "faults: {cut: {fault: latency, toServer: 0.5}}"), "must be a whole number"),
            (file(factors: "durability: none"), "needs the factor 'fault'"),
            (file(factors: "fault: cut\n  pace: 5"), "does not vary 'pace'"),
            (file(study: "proxies", factors: "durability: none"), "does not vary 'durability'"),
            (file(study: "proxies", factors: ""), "needs the factor 'path'"),
            (file(factors: "fault: cut\n  compression: permessage-deflate"), "does not vary 'compression'"),
            (file(study: "delivery", factors: ""), "a study of delivery does not vary 'client'"),
            (file() + "\nprobes: [delivery]", "belongs to studies of delivery and of auth"),
            (file() + "\nfloor: true", "belongs to a study of delivery"),
        ])
    func whatDoesNotFitIsRefused(yaml: String, message: String) {
        #expect {
            try decode(yaml)
        } throws: {
            "\($0)".contains(message)
        }
    }

    @Test("A plan of faults is read from a file of its own") func aPlanIsReadFromAFileOfItsOwn() throws {
        let plan = try FaultPlan.decode(
            "- {fault: latency, milliseconds: 5, for: 1}\n- {fault: reset, at: 2}", file: "plan.yaml",
            faults: Self.vocabulary.faults)
        #expect(plan.steps.map(\.at) == [0, 2])
    }
}
