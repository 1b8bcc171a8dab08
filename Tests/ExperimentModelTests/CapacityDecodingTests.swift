import ExperimentModel
import Testing

@Suite struct CapacityDecodingTests {
    private static let goal = "{when: {load: flood}, figure: updates-per-second, atLeast: 0.95, of: floor}"

    private static func file(
        goals: [String] = [goal], factors: String = "load: flood", rest: String = "", study: String = "capacity"
    ) -> String {
        """
        name: small
        title: Small
        study: \(study)
        factors:
          transport: [sse, websocket]
          auth: none
          heartbeat: off
          \(factors)
        loads:
          flood: {connections: 10, orders: 1, updatesPerSecond: 0}
          paced: {connections: 10, orders: 1, updatesPerSecond: 5}
        \(rest)
        goals:
        \(goals.map { "  - \($0)" }.joined(separator: "\n"))
        """
    }

    private func decode(_ yaml: String) throws -> Experiment { try Experiment.decode(yaml, file: "small.yaml") }

    @Test("Each cell carries its goal: the floor's, and the floor's second beside it") func cells() throws {
        let cells = try decode(Self.file()).cells.filter { $0.transport == "sse" }
        #expect(
            cells.map(\.id) == [
                "sse.h1.plain.flood.auth-none.heartbeat-off", "sse.h1.plain.flood.floor",
                "sse.h1.plain.flood.floor.b",
            ])
        #expect(cells.map(\.role) == [.measure, .floor, .aa])
        #expect(cells.allSatisfy { $0.goal == CapacityGoal(.updatesPerSecond, atLeast: 0.95, of: .floor) })
        #expect(Set(cells.map(\.capacityRow)) == ["flood sse"])
        #expect(try decode(Self.file(rest: "aaPair: false")).cells.allSatisfy { $0.role != .aa })
    }

    @Test("A file need not name what a study of capacity does not vary") func withoutTheOtherFactors() throws {
        let short = Self.file().replacing("auth: none", with: "tls: false").replacing(
            "heartbeat: off", with: "loops: 1")
        #expect(try decode(short).cells == decode(Self.file()).cells)
    }

    @Test("Of several goals that match a cell it has the last") func lastGoal() throws {
        let other = "{when: {transport: sse}, figure: updates-per-second, atLeast: 0.5}"
        let cells = try decode(Self.file(goals: [Self.goal, other], rest: "aaPair: false")).cells
        #expect(cells.filter { $0.transport == "sse" }.allSatisfy { $0.goal?.of == nil && $0.goal?.atLeast == 0.5 })
        #expect(cells.filter { $0.transport == "websocket" }.allSatisfy { $0.goal?.of == .floor })
    }

    @Test("Over TLS there is no floor, and what needs none is measured") func withoutFloor() throws {
        let goal = "{when: {load: flood}, figure: memory-per-connection, atMost: 18}"
        let cells = try decode(Self.file(goals: [goal], factors: "load: flood\n  tls: true")).cells
        #expect(cells.allSatisfy { $0.server == .tandem } && cells.count == 2)
    }

    @Test(
        "A goal that does not fit is refused with its place",
        arguments: [
            (
                file(goals: ["{when: {load: flod}, figure: latency-p99, atMost: 1}"]),
                "small.yaml:14:19: unknown load 'flod'; did you mean 'flood'?"
            ),
            (
                file(goals: ["{when: {load: flood}, figure: latency-p9, atMost: 1}"]),
                "unknown figure 'latency-p9'; did you mean 'latency-p99'?"
            ),
            (
                file(goals: ["{when: {load: flood}, figur: latency-p99, atMost: 1}"]),
                "unknown key 'figur' in 'goals'; did you mean 'figure'?"
            ),
            (file(goals: ["{figure: latency-p99, atMost: 1}"]), "lacks the key 'when'"),
            (file(goals: ["{when: {load: flood}, figure: updates-per-second}"]), "a goal has one bound"),
            (
                file(goals: ["{when: {load: flood}, figure: updates-per-second, atMost: 1, atLeast: 1}"]),
                "a goal has one bound"
            ),
            (file(goals: ["{when: {load: flood}, figure: updates-per-second, atLeast: -1}"]), "must lie between 0 and"),
            (
                file(goals: ["{when: {load: flood}, figure: updates-per-second, atLeast: 1, of: roof}"]),
                "unknown of 'roof'"
            ),
            (file(goals: ["{when: {load: paced}, figure: updates-per-second, atLeast: 1}"]), "'when' matches no cell"),
            (
                file(goals: ["{when: {transport: sse}, figure: updates-per-second, atLeast: 1}"]),
                "'websocket.h1.plain.flood.auth-none.heartbeat-off' has no goal"
            ),
            (file(goals: ["{when: {load: flood}, figure: cpu-per-update, atMost: 1, of: floor}"]), "must be above 0"),
            (
                file(goals: ["{when: {load: paced}, figure: updates-per-second, atLeast: 1}"], factors: "load: paced"),
                "must be 0"
            ),
            (file(rest: "floor: false"), "'floor' is false"),
            (file(factors: "load: flood\n  tls: true"), "no floor of sse over TLS"),
            (
                file(goals: ["{when: {load: flood}, figure: updates-per-second, atLeast: 1.5, of: one-loop}"]),
                "must have more as well"
            ),
            (
                file(
                    goals: ["{when: {load: flood}, figure: updates-per-second, atLeast: 1.5, of: one-loop}"],
                    factors: "load: flood\n  loops: 2"), "must have 1 as well"
            ),
            (file(study: "delivery"), "'goals' belongs to a study of capacity"),
            (file().replacing("goals:\n  - \(goal)", with: ""), "lacks the key 'goals'"),
            (file(rest: "probes: [footprint]"), "belongs to studies of delivery and of auth"),
            (
                file(
                    goals: [
                        "{when: {loops: 1}, figure: memory-per-connection, atMost: 1}",
                        "{when: {loops: 2}, figure: updates-per-second, atLeast: 1.5, of: one-loop}",
                    ], factors: "load: flood\n  loops: [1, 2]"), "whose own goal names another figure"
            ),
            (file(factors: "load: flood\n  pace: 5"), "does not vary 'pace'"),
            (file(factors: "load: flood\n  compression: permessage-deflate"), "does not vary 'compression'"),
            (file(factors: "load: flood\n  protocol: [h1, h2]"), "does not vary 'protocol'"),
            (file().replacing("auth: none", with: "auth: [none, bearer]"), "does not vary 'auth'"),
            (file().replacing("heartbeat: off", with: "heartbeat: [off, control]"), "does not vary 'heartbeat'"),
            (
                file().replacing("heartbeat: off", with: "heartbeat: {kind: visible, seconds: 1}"),
                "does not vary 'heartbeat': leave it out"
            ),
            (
                file().replacing("[sse, websocket]", with: "[{transport: sse, heartbeat: control}, websocket]"),
                "does not vary 'heartbeat'"
            ),
        ])
    func whatDoesNotFitIsRefused(yaml: String, message: String) {
        #expect {
            try decode(yaml)
        } throws: { error in
            let isSaid = "\(error)".contains(message)
            if !isSaid { Issue.record("\(error)") }
            return isSaid
        }
    }

    // MARK: The bench

    @Test("The rows of the bench are all there, each with its cells", arguments: ["bench.yaml", "bench-quick.yaml"])
    func rows(name: String) throws {
        let experiment = try Experiment.load(RepositoryFiles.path("Experiments/" + name))
        let rows = Dictionary(grouping: experiment.cells, by: \.capacityRow)
        let both = ["fan-out-1", "fan-out-16", "orders", "latency", "epoll-ctl", "memory", "loops"].flatMap {
            ["\($0) sse", "\($0) websocket"]
        }
        #expect(Set(rows.keys) == Set(both + ["memory-tls sse tls", "memory-tls websocket tls", "held sse"]))
        for (row, cells) in rows {
            let goal = try #require(cells[0].goal)
            #expect(cells.allSatisfy { $0.goal == goal }, "\(row)")
            #expect(cells.count { $0.role == .measure } == (goal.of == .oneLoop ? 2 : 1), "\(row)")
            let isOverTLS = cells[0].tls
            #expect(cells.count { $0.role == .floor } == (isOverTLS ? 0 : goal.of == .oneLoop ? 2 : 1), "\(row)")
        }
    }

    @Test("The cells of a row stand next to each other in every block, and in the reverse order in the next")
    func neighbours() throws {
        let experiment = try Experiment.load(RepositoryFiles.path("Experiments/bench.yaml"))
        for seed in UInt64(1)...20 {
            let plan = TrialPlan(experiment, seed: seed)
            for block in 1...experiment.repetitions {
                let rows = plan.trials.filter { $0.block == block }.map(\.cell.capacityRow)
                let changes = zip(rows, rows.dropFirst()).count { $0 != $1 }
                #expect(changes == Set(rows).count - 1, "seed \(seed), block \(block)")
            }
        }
        func order(_ seed: UInt64, _ block: Int) -> [String] {
            TrialPlan(experiment, seed: seed).trials.filter { $0.block == block && $0.cell.load.name == "fan-out-1" }
                .map(\.cell.id)
        }
        #expect(order(1, 2) == order(1, 1).reversed())
        // Neither side is always the first.
        #expect(Set((UInt64(1)...20).map { order($0, 1).first { $0.contains("sse") } }).count > 1)
    }
}
