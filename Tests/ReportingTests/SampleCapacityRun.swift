import ExperimentModel
import Reporting

/// Made-up trials of a study of capacity.
enum SampleCapacityRun {
    static let flood = LoadProfile(name: "fan-out-1", connections: 100, orders: 1, updatesPerSecond: 0)
    static let ofFloor = CapacityGoal(.updatesPerSecond, atLeast: 0.95, of: .floor)
    static let ofOneLoop = CapacityGoal(.updatesPerSecond, atLeast: 1.5, of: .oneLoop)

    /// What a trial of a flood delivered, and how busy its processes were.
    struct Flood {
        var perSecond: Double
        var bytes = 250.0
        var client = 0.5
        var server = 0.9
        var others = 0.0
    }

    static func cell(
        _ server: Cell.ServerKind, _ goal: CapacityGoal, _ load: LoadProfile = flood, transport: String = "sse",
        tls: Bool = false, loops: Int = 1, again: Bool = false
    ) -> Cell {
        var cell = Cell(
            transport: transport, server: server, tls: tls, auth: "none", heartbeat: .off, load: load, loops: loops,
            role: again ? .aa : server == .floor ? .floor : .measure, arm: again ? .b : nil)
        cell.goal = goal
        return cell
    }

    static func summary(_ flood: Flood, loops: Int = 1) -> CapacitySummary {
        var summary = CapacitySummary(isPinned: true)
        summary.delivery = .init(
            published: Int64(flood.perSecond * 3 / 100), delivered: Int64(flood.perSecond * 3), seconds: 3,
            cpuUserSeconds: 0, cpuSystemSeconds: flood.server * 3 * Double(loops), bytesPerUpdate: flood.bytes,
            clientBusy: flood.client, othersBusy: flood.others)
        return summary
    }

    static func holding(
        _ connections: Int, kibibytesEach: Double, lost: Int = 0, left: Int = 0, growth: Double = 1,
        returned: Double = 1, rounds: Int = 1, processes: Int = 1
    ) -> CapacitySummary {
        let before: Int64 = 10_000_000
        let grown = Double(connections) * kibibytesEach * 1024
        var summary = CapacitySummary(isPinned: true)
        summary.holding = .init(
            connections: connections, processes: processes, beforeBytes: before,
            rounds: (0..<rounds).map {
                .init(
                    held: connections - lost, lost: lost, leftDescriptors: left,
                    heldBytes: before + Int64(grown * ($0 == 0 ? 1 : growth)),
                    afterBytes: before + Int64(grown * (1 - returned)))
            })
        return summary
    }

    /// One line a cell and block: each cell with what its trials observed, or why there is nothing.
    static func lines(
        _ cells: [(Cell, [CapacitySummary])], reasons: [(Cell, Observation.Status, String)] = []
    ) -> [Observation] {
        var lines: [Observation] = []
        func add(
            _ cell: Cell, _ block: Int, _ status: Observation.Status, _ summary: CapacitySummary?, _ reason: String?
        ) {
            var line = Observation(
                experiment: "bench", run: "bench-20261130T010000Z", seed: 7, trial: lines.count + 1, block: block,
                position: 1, cell: cell, status: status, reason: reason, startedAt: "2026-11-30T01:00:00Z",
                warmupSeconds: 0, measuredSeconds: summary == nil ? 0 : 3)
            line.capacity = summary
            lines.append(line)
        }
        for (cell, trials) in cells {
            for (index, trial) in trials.enumerated() { add(cell, index + 1, .ok, trial, nil) }
        }
        for (cell, status, reason) in reasons { add(cell, 1, status, nil, reason) }
        return lines
    }

    static func folder(_ lines: [Observation]) -> ResultFolder {
        ResultFolder(
            path: "", observations: lines,
            manifest: RunManifest(
                run: "bench-20261130T010000Z", experiment: "bench", title: "The engine against the machine's own limit",
                seed: 7, startedAt: "2026-11-30T01:00:00Z", trials: lines.count, estimatedSeconds: 90,
                equivalenceMargin: 0.1, study: .capacity), environment: SampleRun.environment)
    }

    /// A row of each kind, with each verdict.
    static var observations: [Observation] {
        let orders = LoadProfile(name: "orders", connections: 100, orders: 100, updatesPerSecond: 100)
        let epoll = LoadProfile(name: "epoll-ctl", connections: 100, orders: 1, updatesPerSecond: 20)
        let idle = LoadProfile(name: "memory", connections: 1_000, orders: 1, updatesPerSecond: 0)
        let held = LoadProfile(name: "held", connections: 50_000, orders: 1, updatesPerSecond: 0)
        let cpu = CapacityGoal(.cpuPerUpdate, atMost: 1.2, of: .floor)
        let calls = CapacityGoal(.epollCtlPerUpdate, atMost: 0.05)
        let memory = CapacityGoal(.memoryPerConnection, atMost: 1.2)
        let returned = CapacityGoal(.memoryReturned, atLeast: 0.75)
        var counted = CapacitySummary(isPinned: true)
        counted.systemCalls = .init(updates: 60_000, calls: ["sendto": 60_100, "epoll_wait": 80, "epoll_ctl": 6])
        func floods(_ perSecond: [Double], others: Double = 0) -> [CapacitySummary] {
            perSecond.map { summary(Flood(perSecond: $0, others: others)) }
        }
        func two(_ perSecond: [Double], client: Double) -> [CapacitySummary] {
            perSecond.map { summary(Flood(perSecond: $0, client: client, server: 0.6), loops: 2) }
        }
        return lines(
            [
                (cell(.tandem, ofFloor), floods([96_000, 90_000, 49_000])),
                (cell(.floor, ofFloor), floods([100_000, 100_000, 50_000])),
                (cell(.floor, ofFloor, again: true), floods([101_000, 98_000, 50_500])),
                (cell(.tandem, cpu, orders), floods([10_000, 10_000, 10_000], others: 0.4)),
                (cell(.floor, cpu, orders), floods([14_000, 14_000, 14_100], others: 0.4)),
                (cell(.tandem, calls, epoll), [counted]), (cell(.floor, calls, epoll), [counted]),
                (cell(.tandem, memory, idle), [1.06, 1.07, 1.08].map { holding(1_000, kibibytesEach: $0) }),
                (cell(.floor, memory, idle), [0.02, 0.02, 0.03].map { holding(1_000, kibibytesEach: $0) }),
                (cell(.tandem, ofOneLoop, .loops), floods([100_000, 100_000, 100_000])),
                (cell(.tandem, ofOneLoop, .loops, loops: 2), two([120_000, 118_000, 121_000], client: 0.99)),
                (cell(.floor, ofOneLoop, .loops), floods([110_000, 110_000, 110_000])),
                (cell(.floor, ofOneLoop, .loops, loops: 2), two([130_000, 128_000, 131_000], client: 0.99)),
                (
                    cell(.tandem, returned, held),
                    [holding(50_000, kibibytesEach: 1.3, returned: 0.97, rounds: 2, processes: 3)]
                ),
            ],
            reasons: [
                (
                    cell(.tandem, CapacityGoal(.memoryPerConnection, atMost: 18), idle, tls: true), .skipped,
                    "openssl is not installed, so there is no certificate for TLS"
                ),
                (cell(.tandem, ofFloor, transport: "websocket"), .failed, "2 connections were lost"),
                (cell(.floor, ofFloor, transport: "websocket"), .skipped, ".build/floor/floor-server is not built"),
            ])
    }
}

extension LoadProfile {
    static let loops = LoadProfile(name: "loops", connections: 100, orders: 1, updatesPerSecond: 0)
}
