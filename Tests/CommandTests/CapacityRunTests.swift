import Foundation
import Testing

/// The study of capacity through the real command, in little: each figure once, of real servers and the real load client.
@Suite struct CapacityRunTests {
    private static let floor = URL(fileURLWithPath: Command.path).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("floor").path
    private static let isFloorBuilt = ["floor-server", "floor-sink"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: "\(floor)/\($0)")
    }

    private static let experiment = """
        name: small-bench
        title: Each figure once
        study: capacity
        measureSeconds: 0.3
        warmupSeconds: 0.1
        repetitions: 1
        factors:
          transport:
            - {transport: sse, load: [flood, held]}
            - {transport: websocket, load: [paced, timed, traced]}
            - {transport: websocket, load: idle, tls: true}
            - {transport: sse, load: two, loops: [1, 2]}
          auth: none
          heartbeat: off
        loads:
          flood: {connections: 20, orders: 1, updatesPerSecond: 0, burst: 2}
          paced: {connections: 20, orders: 5, updatesPerSecond: 200}
          timed: {connections: 20, orders: 1, updatesPerSecond: 50}
          traced: {connections: 20, orders: 1, updatesPerSecond: 50}
          idle: {connections: 200, orders: 1, updatesPerSecond: 0}
          two: {connections: 20, orders: 1, updatesPerSecond: 0}
          held: {connections: 200, orders: 1, updatesPerSecond: 0}
        # Bounds that every server keeps, and one that none does.
        goals:
          - {when: {load: flood}, figure: updates-per-second, atLeast: 1000, of: floor}
          - {when: {load: paced}, figure: cpu-per-update, atMost: 1000, of: floor}
          - {when: {load: timed}, figure: latency-p99, atMost: 1000, of: floor}
          - {when: {load: traced}, figure: epoll-ctl-per-update, atMost: 1000}
          - {when: {load: idle}, figure: memory-per-connection, atMost: 1000}
          - {when: {load: two}, figure: updates-per-second, atLeast: 0.0001, of: one-loop}
          - {when: {load: held}, figure: memory-returned, atLeast: 0}
        """

    private struct Line: Decodable {
        struct Cell: Decodable {
            struct Load: Decodable { var name: String }
            var id: String
            var load: Load
            var server: String
        }
        struct Capacity: Decodable {
            struct Delivery: Decodable {
                var published: Int
                var delivered: Int
                var bytesPerUpdate: Double
                var latencyP99Nanoseconds: Int?
            }
            struct SystemCalls: Decodable {
                var updates: Int
                var calls: [String: Int]
            }
            struct Holding: Decodable {
                struct Round: Decodable {
                    var held: Int
                    var leftDescriptors: Int
                }
                var rounds: [Round]
            }
            var isPinned: Bool
            var delivery: Delivery?
            var systemCalls: SystemCalls?
            var holding: Holding?
        }
        var cell: Cell
        var status: String
        var reason: String?
        var capacity: Capacity?
    }

    private func lines(_ folder: String) throws -> [Line] {
        let text = try String(contentsOfFile: folder + "/latest/observations.jsonl", encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }

    @Test(
        "Every figure is measured, and held against its goal", .enabled(if: isFloorBuilt),
        arguments: [
            // Of ours, of the floor, and of the floor again.
            (["flood"], 3), (["paced.auth", "timed.auth", "traced.auth"], 3), (["idle", "two.auth"], 3),
            (["held.auth"], 1),
        ])
    func everyFigure(filter: [String], trials: Int) async throws {
        try await Command.inFolder { folder in
            try Self.experiment.write(toFile: folder + "/bench.yaml", atomically: true, encoding: .utf8)
            let outcome = try await Command.run(
                ["run", "bench.yaml", "--out", folder] + filter.flatMap { ["--filter", $0] }, in: folder)
            let lines = try lines(folder)
            #expect(lines.count == trials)
            for line in lines where line.status != "ok" {
                // What this machine cannot do says why; nothing else is missing.
                #expect(line.status == "skipped" && line.reason != nil, "\(line.cell.id): \(line.reason ?? "")")
            }
            #expect(outcome.status == 0, "\(outcome.error)")
            for line in lines {
                guard let capacity = line.capacity else { continue }
                try check(capacity, of: line.cell.load.name)
            }
            let report = try String(contentsOfFile: folder + "/latest/report.md", encoding: .utf8)
            guard filter == ["flood"] else { return }
            let row = try #require(report.split(separator: "\n").first { $0.hasPrefix("| flood, SSE |") }, "\(report)")
            #expect(row.contains("| delivered ≥ 1,000 × floor |"))
            // A load client of a short flood may be busier than the server: then there is no verdict.
            #expect(row.contains("| missed") || row.contains("| invalid"), "\(row)")
        }
    }

    private func check(_ capacity: Line.Capacity, of load: String) throws {
        switch load {
        case "traced": #expect(capacity.systemCalls.map { $0.updates > 0 && !$0.calls.isEmpty } == true)
        case "idle", "held":
            let rounds = try #require(capacity.holding).rounds
            #expect(rounds.count == (load == "idle" ? 1 : 2))
            #expect(rounds.allSatisfy { $0.held == 200 && $0.leftDescriptors == 0 })
        default:
            let delivery = try #require(capacity.delivery, "\(load)")
            let subscribers = load == "paced" ? 4 : 20
            #expect(delivery.published > 0 && delivery.delivered == delivery.published * subscribers)
            #expect((200..<300).contains(delivery.bytesPerUpdate))
            #expect((delivery.latencyP99Nanoseconds != nil) == (load == "timed"))
        }
    }

    @Test("Without the floor every trial is skipped with that reason, and the report says so") func withoutFloor()
        async throws
    {
        try await Command.inFolder { folder in
            try Self.experiment.write(toFile: folder + "/bench.yaml", atomically: true, encoding: .utf8)
            let outcome = try await Command.run(
                "run", "bench.yaml", "--out", folder, "--floor", "nowhere", "--filter", "flood", in: folder)
            #expect(outcome.status == 0, "\(outcome.error)")
            let lines = try lines(folder)
            #expect(lines.count == 3)
            #expect(lines.allSatisfy { $0.status == "skipped" && $0.reason?.contains("is not built") == true })
            #expect(outcome.output.contains("skipped"), "\(outcome.output)")
        }
    }
}
