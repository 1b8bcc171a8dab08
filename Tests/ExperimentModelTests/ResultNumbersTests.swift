import ExperimentModel
import Foundation
import Testing

/// Numbers of result files come from outside: each is in its range, or an error names it.
@Suite struct ResultNumbersTests {
    @Test(
        "A number out of its range is refused with file, line and field",
        arguments: [
            (#""cpuUserSeconds":0.1"#, #""cpuUserSeconds":-1"#, "resources.server.cpuUserSeconds"),
            (#""cpuUserSeconds":0.1"#, #""cpuUserSeconds":1e16"#, "resources.server.cpuUserSeconds"),
            (#""expected":1001"#, #""expected":9223372036854775807"#, "ledger.expected"),
            (#""expected":1001"#, #""expected":-1"#, "ledger.expected"),
            (#""mean":1234.5"#, #""mean":9223372036854775807"#, "staleness.mean"),
            (#""block":1"#, #""block":0"#, "block"),
            (#""trial":1"#, #""trial":0"#, "trial"),
            (#""seed":1"#, #""seed":18446744073709551615"#, "seed"),
            (#""connections":100"#, #""connections":100000000001"#, "cell.load.connections"),
            (#""seconds":1.25"#, #""seconds":-1.25"#, "samples.0.seconds"),
            (#""serverRssBytes":11000000"#, #""serverRssBytes":1000000000000001"#, "samples.0.serverRssBytes"),
            (#""censored":1,"count":1000"#, #""censored":1,"count":1001"#, "latency.corrected.count"),
        ])
    func refused(from: String, to: String, field: String) throws {
        let good = try ObservationLog.line(SampleObservations.full())
        let text = String(decoding: good, as: UTF8.self)
        let place = try #require(text.range(of: from), "\(from) is not in the line")
        let bad = text.replacingCharacters(in: place, with: to)
        let error = try #require(throws: ResultError.self) {
            try ObservationLog.parse(good + Array(bad.utf8), file: "o.jsonl")
        }
        #expect(error.code == .damaged)
        #expect(error.description.hasPrefix("o.jsonl:2: ") && error.message.contains("'\(field)' is "), "\(error)")
    }

    @Test("A histogram holds no more values than a trial can record")
    func fullHistogram() throws {
        let line = String(decoding: try ObservationLog.line(SampleObservations.full()), as: UTF8.self)
        for entries in ["[1,100000000001]", "[1,99999999999],[2,9]", "[1,9223372036854775807]"] {
            let full = line.replacing(/"histogram":"[^"]*"/, with: "\"histogram\":[\(entries)]", maxReplacements: 1)
            let error = try #require(throws: ResultError.self) {
                try ObservationLog.parse(Array(full.utf8), file: "o.jsonl")
            }
            #expect(error.message.contains("at most 100000000000 values"), "\(error)")
        }
    }

    @Test("A list that is too short is told from one that has a null")
    func shortList() throws {
        let line = String(decoding: try ObservationLog.line(SampleObservations.full()), as: UTF8.self)
        for (entry, what) in [
            ("[7]", "the list 'fanOutSkew.histogram.0' is too short"),
            ("[7,null]", "'fanOutSkew.histogram.0.1' is null"),
        ] {
            let torn = line.replacing(/"histogram":"[^"]*"/, with: "\"histogram\":[\(entry)]", maxReplacements: 1)
            let error = try #require(throws: ResultError.self) {
                try ObservationLog.parse(Array(torn.utf8), file: "o.jsonl")
            }
            #expect(error.message.contains(what), "\(error)")
        }
    }

    @Test(
        "A number of run.json or environment.json that cannot be is refused with file, line and field",
        arguments: [
            ("equivalenceMargin", "-1"), ("equivalenceMargin", "0"), ("trials", "-1"), ("estimatedSeconds", "1e300"),
            ("seed", "9007199254740992"), ("schema", "0"),
        ])
    func ofTheRun(field: String, value: String) throws {
        let root = try TemporaryFolder()
        let folder = try RunFolder.create(in: root.path, experiment: "small")
        try folder.write(
            RunManifest(
                run: "small", experiment: "small", title: "Small", seed: 1, startedAt: "2026-11-23T05:07:23Z",
                trials: 2,
                estimatedSeconds: 3, equivalenceMargin: 0.1))
        #expect(try folder.manifest().trials == 2)
        let whole = try String(contentsOfFile: folder.manifestPath, encoding: .utf8)
        let damaged = whole.replacing(try Regex("\"\(field)\" : [0-9.]+"), with: "\"\(field)\" : \(value)")
        #expect(damaged != whole)
        try Data(damaged.utf8).write(to: URL(filePath: folder.manifestPath))
        let error = try #require(throws: ResultError.self) { try folder.manifest() }
        #expect(error.file == folder.manifestPath && error.message.contains("'\(field)' is "), "\(error)")
        let lines = damaged.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(error.line == 1 + (try #require(lines.firstIndex { $0.contains("\"\(field)\"") })), "\(error)")
    }

    @Test("What Tandem writes is in range")
    func written() throws {
        for observation in SampleObservations.all { try ResultNumbers.check(observation) }
        try ResultNumbers.check(EnvironmentRecord.capture(libraries: [:]))
    }

    @Test("Times that lie further apart than nanoseconds can count have a distance all the same")
    func farApart() {
        var observation = SampleObservations.full()
        observation.startedAt = "2261-12-31T00:00:00Z"
        observation.measuredSeconds = 1e15
        let manifest = RunManifest(
            run: "a", experiment: "a", title: "A", seed: 1, startedAt: "1678-01-01T00:00:00Z", trials: 1,
            estimatedSeconds: 1,
            equivalenceMargin: 0.1)
        #expect(manifest.seconds(through: [observation]).map { $0 > 1e15 } == true)
    }
}
