import Foundation
import Testing

/// The whole of it: an experiment through the real command, over real sockets.
@Suite(.serialized) struct RunTests {
    static let experiment = """
        name: small
        title: Two seconds
        warmupSeconds: 0.1
        measureSeconds: 0.2
        repetitions: 1
        floor: false
        aaPair: false
        probes: [delivery, footprint]
        factors:
          transport: [sse, websocket, long-polling]
          tls: [false, true]
          load: [a]
        loads:
          a: {connections: 10, orders: 2, updatesPerSecond: 100}
        """

    struct Environment: Decodable {
        var gitRevision: String?
        var libraries: [String: String]
    }

    struct Line: Decodable {
        struct Cell: Decodable { var id: String }
        struct Ledger: Decodable {
            var expected: Int
            var delivered: Int
            var lost: Int
        }
        struct Quality: Decodable {
            struct Fairness: Decodable {
                var checked: Bool
                var digest: String?
            }
            var fairness: Fairness
        }
        struct Resources: Decodable {
            struct Server: Decodable {
                struct Memory: Decodable { var rssBytes: Int }
                var cpuUserSeconds: Double
                var cpuSystemSeconds: Double
                var before: Memory?
                var held: Memory?
                var voluntarySwitches: Int?
            }
            struct Traffic: Decodable {
                var wireBytesSent: Int
                var deliveries: Int
            }
            var server: Server
            var traffic: Traffic
        }
        var trial: Int
        var cell: Cell
        var status: String
        var reason: String?
        var ledger: Ledger?
        var quality: Quality?
        var resources: Resources?
    }

    func write(_ yaml: String, to folder: String) throws {
        try yaml.write(toFile: folder + "/small.yaml", atomically: true, encoding: .utf8)
    }

    func lines(_ folder: String) throws -> [Line] {
        let text = try String(contentsOfFile: folder + "/results/latest/observations.jsonl", encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }

    @Test("Every cell delivers the same updates, and the run is reported")
    func everyCellDeliversTheSameUpdatesAndIsReported() async throws {
        try await Command.inFolder { folder in
            try write(Self.experiment, to: folder)
            let outcome = try await Command.run("run", "small.yaml", "--out", "results", in: folder)
            let lines = try lines(folder)
            #expect(lines.count == 6)
            for line in lines {
                // A busy machine may make a trial invalid; it must not make it fail, and must not lose anything.
                #expect(line.status == "ok" || line.status == "invalid", "\(line.cell.id): \(line.reason ?? "")")
                let ledger = try #require(line.ledger)
                #expect(ledger.expected > 0 && ledger.lost == 0)
                #expect(line.quality?.fairness.checked == true)
                let resources = try #require(line.resources)
                #expect(resources.server.cpuUserSeconds + resources.server.cpuSystemSeconds > 0)
                #expect((resources.server.held?.rssBytes ?? 0) > 0)
                #expect((resources.server.voluntarySwitches ?? 0) > 0)
                // More than the bare updates, and no more than with headers and TLS.
                // On a busy machine everything may arrive after so short a window.
                guard resources.traffic.deliveries > 0 else { continue }
                #expect(resources.traffic.wireBytesSent > 150 * resources.traffic.deliveries)
                #expect(resources.traffic.wireBytesSent < 4_000 * resources.traffic.deliveries)
            }
            #expect(Set(lines.compactMap { $0.quality?.fairness.digest }).count == 1)
            #expect(outcome.status == (lines.allSatisfy { $0.status == "ok" } ? 0 : 1), "\(outcome.error)")
            for name in ["report.html", "report.md", "decision.md", "environment.json", "run.json", "experiment.yaml"] {
                #expect(FileManager.default.fileExists(atPath: "\(folder)/results/latest/\(name)"), "\(name)")
            }
            #expect(outcome.output.contains("report.html"))
            let environment = try JSONDecoder().decode(
                Environment.self,
                from: Data(contentsOf: URL(fileURLWithPath: folder + "/results/latest/environment.json")))
            // Of the checkout that the command was built in: the working folder is in none.
            let checkout = URL(fileURLWithPath: #filePath).pathComponents.dropLast(3).joined(separator: "/") + "/.git"
            #expect((environment.gitRevision != nil) == FileManager.default.fileExists(atPath: checkout))
            #expect(environment.libraries["libwebsockets"]?.last?.isNumber == true)
            // The report is a function of the files: rendered again, it is the same.
            let html = try Data(contentsOf: URL(fileURLWithPath: folder + "/results/latest/report.html"))
            let again = try await Command.run("report", "results/latest", in: folder)
            #expect(again.status == 0)
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/results/latest/report.html")) == html)
        }
    }

    @Test("A long window is sampled, and the report shows the change over time")
    func aLongWindowIsSampledAndReported() async throws {
        struct Line: Decodable {
            struct Sample: Decodable {
                var seconds: Double
                var serverRssBytes: Int
                var serverDescriptors: Int
            }
            var samples: [Sample]
        }
        try await Command.inFolder { folder in
            let yaml = Self.experiment.replacingOccurrences(
                of: "measureSeconds: 0.2", with: "measureSeconds: 2\nsampleSeconds: 0.5")
            try write(yaml, to: folder)
            let outcome = try await Command.run(
                "run", "small.yaml", "--out", "results", "--filter", "sse.h1.plain", in: folder)
            let results = folder + "/results/latest/"
            let line = try JSONDecoder().decode(
                Line.self, from: Data(contentsOf: URL(fileURLWithPath: results + "observations.jsonl")))
            #expect(line.samples.count >= 2, "\(outcome.error)")
            #expect(line.samples.allSatisfy { $0.serverRssBytes > 0 && $0.serverDescriptors >= 10 })
            guard outcome.status == 0 else {
                try Test.cancel(
                    "a busy machine made the trial invalid: it has no figures, and no samples in the report")
            }
            let html = try String(contentsOfFile: results + "report.html", encoding: .utf8)
            #expect(html.contains("Server memory over time, a, plain"))
            let csv = try String(contentsOfFile: results + "samples.csv", encoding: .utf8)
            #expect(csv.split(separator: "\r\n").count == 1 + line.samples.count)
        }
    }

    @Test("A run that was stopped after a trial of the floor says what it has")
    func theFloorAlone() async throws {
        try await Command.inFolder { folder in
            let yaml = Self.experiment.replacingOccurrences(of: "floor: false", with: "floor: true")
            try write(yaml, to: folder)
            let floor = URL(fileURLWithPath: Command.path).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("floor").path
            // Not the project's folder: the floor is found beside the command.
            let outcome = try await Command.run(
                "run", "small.yaml", "--out", "results", "--filter", ".floor", in: folder)
            let lines = try lines(folder)
            #expect(lines.count == 2)
            if FileManager.default.isExecutableFile(atPath: floor + "/floor-server") {
                #expect(lines.allSatisfy { $0.reason?.contains("is not built") != true }, "\(outcome.output)")
            }
            guard lines.contains(where: { $0.status == "ok" }) else { try Test.cancel("no floor gave a figure") }
            #expect(!outcome.output.contains("No cell of this run gave a figure"), "\(outcome.output)")
            #expect(outcome.output.contains("So far the floor alone was measured."), "\(outcome.output)")
        }
    }

    @Test("A report tells a script its files, its completeness and its verdicts")
    func aReportTellsAScriptItsVerdicts() async throws {
        try await Command.inFolder { folder in
            try write(Self.experiment, to: folder)
            _ = try await Command.run("run", "small.yaml", "--out", "results", "--filter", "plain", in: folder)
            let summary = try await summary(of: folder)
            #expect(summary.files.contains { $0.hasSuffix("/report.html") })
            #expect(summary.files.allSatisfy { FileManager.default.fileExists(atPath: $0) })
            #expect(summary.completeness.planned == 6)
            #expect(summary.completeness.recorded == 3)
            #expect(!summary.completeness.isComplete)
            #expect(summary.completeness.torn == nil)
            // One block cannot show a difference. A busy machine may have made a trial invalid: then it is excluded.
            #expect(summary.exclusions.isEmpty == (summary.verdicts.count == 18))
            #expect(summary.verdicts.allSatisfy { $0.verdict == "not enough data" && $0.obstacle != nil })
        }
    }

    struct Summary: Decodable {
        struct Completeness: Decodable {
            var isComplete: Bool
            var planned: Int?
            var recorded: Int
            var torn: String?
        }
        struct Verdict: Decodable {
            var verdict: String
            var obstacle: String?
        }
        struct Exclusion: Decodable { var cell: String }
        var files: [String]
        var completeness: Completeness
        var verdicts: [Verdict]
        var exclusions: [Exclusion]
    }

    func summary(of folder: String) async throws -> Summary {
        let outcome = try await Command.run("report", "results/latest", "--json", in: folder)
        #expect(outcome.status == 0, "\(outcome.error)")
        return try JSONDecoder().decode(Summary.self, from: Data(outcome.output.utf8))
    }

    @Test("A filter that matches no cell is an error that names the cells")
    func aFilterThatMatchesNothingNamesTheCells() async throws {
        try await Command.inFolder { folder in
            try write(Self.experiment, to: folder)
            let outcome = try await Command.run(
                "run", "small.yaml", "--out", "results", "--filter", "pigeon", in: folder)
            #expect(outcome.status == 2)
            #expect(outcome.error.contains("sse.h1.plain.a"))
        }
    }
}
