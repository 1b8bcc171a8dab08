import ExperimentModel
import Foundation
import Measurement
import Testing

@Suite struct ObservationLogTests {
    private static func lines(_ observations: [Observation]) throws -> [UInt8] {
        try observations.flatMap { try ObservationLog.line($0) }
    }

    @Test("Lines come back as they were written") func linesComeBackAsTheyWere() throws {
        let bytes = try Self.lines(SampleObservations.all)
        #expect(bytes.count { $0 == UInt8(ascii: "\n") } == SampleObservations.all.count)
        let log = try ObservationLog.parse(bytes, file: "o.jsonl")
        #expect(log.observations == SampleObservations.all)
        #expect(log.torn == nil)
    }

    @Test("A log that is cut at any byte loses at most one line, and says which")
    func aCutAnywhereLosesOneLineAtMost() throws {
        let observations = [SampleObservations.bare(.failed, trial: 1), SampleObservations.bare(.skipped)]
        let first = try ObservationLog.line(observations[0])
        let bytes = try Self.lines(observations)
        for length in 0...bytes.count {
            let log = try ObservationLog.parse(Array(bytes[..<length]), file: "o.jsonl")
            let whole = length == bytes.count ? 2 : length >= first.count ? 1 : 0
            #expect(log.observations == Array(observations[..<whole]))
            let rest = length - (whole == 2 ? bytes.count : whole == 1 ? first.count : 0)
            #expect(log.torn == (rest == 0 ? nil : .init(line: whole + 1, bytes: rest)))
        }
    }

    @Test("A last line of zeros counts as cut off") func aVoidLastLineIsTorn() throws {
        let bytes = try ObservationLog.line(SampleObservations.full()) + [0, 0, 0, 0x0A]
        let log = try ObservationLog.parse(bytes, file: "o.jsonl")
        #expect(log.observations.count == 1)
        #expect(log.torn == .init(line: 2, bytes: 3))
    }

    @Test("A damaged line before others is an error with its number") func aDamagedLineWithinIsRefused() throws {
        let good = try ObservationLog.line(SampleObservations.full())
        for bad in ["{\n", "\n", "{\"schema\":1}\n", "[1,2]\n"] {
            let error = try #require(throws: ResultError.self) {
                try ObservationLog.parse(good + Array(bad.utf8) + good, file: "o.jsonl")
            }
            #expect(error.code == .damaged)
            #expect(error.line == 2)
            #expect(error.description.hasPrefix("o.jsonl:2: "))
        }
    }

    @Test("A last line that is whole, but no observation, is an error")
    func aLastLineThatIsWholeButWrongIsRefused() throws {
        let good = try ObservationLog.line(SampleObservations.full())
        let error = try #require(throws: ResultError.self) {
            try ObservationLog.parse(good + Array("{\"schema\":1}\n".utf8), file: "o.jsonl")
        }
        #expect(error.message.contains("is missing"))
    }

    @Test("An observation of a newer schema is refused") func aNewerSchemaIsRefused() throws {
        var newer = SampleObservations.full()
        newer.schema = Observation.currentSchema + 1
        let error = try #require(throws: ResultError.self) {
            try ObservationLog.parse(try ObservationLog.line(newer), file: "o.jsonl")
        }
        #expect(error.code == .newerSchema)
    }

    @Test("A histogram whose values do not ascend is refused") func aDescendingHistogramIsRefused() throws {
        let line = String(decoding: try ObservationLog.line(SampleObservations.full()), as: UTF8.self)
        let broken = line.replacing(
            /"histogram":"[^"]*"/, with: "\"histogram\":[[9999999999,1],[1,1]]", maxReplacements: 1)
        let error = try #require(throws: ResultError.self) {
            try ObservationLog.parse(Array(broken.utf8), file: "o.jsonl")
        }
        #expect(error.message.contains("ascending"))
    }

    @Test("A line of schema 1, with its histogram as a list, is read as what it is")
    func firstSchema() throws {
        let line = String(decoding: try ObservationLog.line(SampleObservations.full()), as: UTF8.self)
        let first = line.replacing("\"schema\":2,", with: "\"schema\":1,")
            .replacing(/"fanOutSkew":\{"censored":0,"count":[0-9]+,"histogram":"[^"]*"/) {
                _ in "\"fanOutSkew\":{\"censored\":0,\"count\":3,\"histogram\":[[2,1],[2049,2]]"
            }
        let observation = try #require(ObservationLog.parse(Array(first.utf8), file: "o.jsonl").observations.first)
        #expect(observation.schema == 1)
        #expect(
            observation.fanOutSkew?.histogram.entries == [.init(value: 2, count: 1), .init(value: 2049, count: 2)])
    }

    @Test("A histogram that is damaged is named with its place")
    func damagedHistogram() throws {
        let line = String(decoding: try ObservationLog.line(SampleObservations.full()), as: UTF8.self)
        let broken = line.replacing(/"histogram":"HISTFA/, with: "\"histogram\":\"HISTFB", maxReplacements: 1)
        let error = try #require(throws: ResultError.self) {
            try ObservationLog.parse(Array(broken.utf8), file: "o.jsonl")
        }
        #expect(error.message.contains("fanOutSkew.histogram"), "\(error)")
        #expect(error.message.contains("HdrHistogram"), "\(error)")
    }

    // MARK: Writing

    @Test("A writer removes a line that was cut off, and appends after the others")
    func appendsAndResumesAfterACut() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/observations.jsonl"
        do {
            let writer = try ObservationWriter(path: path)
            #expect(writer.removed == nil)
            try writer.append(SampleObservations.full(trial: 1))
            try writer.append(SampleObservations.full(trial: 2))
        }
        // The process was killed in the middle of the second line.
        let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        #expect(truncate(path, size - 100) == 0)
        do {
            let writer = try ObservationWriter(path: path)
            #expect(writer.removed?.line == 2)
            #expect(writer.earlier == [SampleObservations.full(trial: 1)])
            try writer.append(SampleObservations.full(trial: 3))
        }
        let log = try ObservationLog.read(path)
        #expect(log.observations.map(\.trial) == [1, 3])
        #expect(log.torn == nil)
    }

    @Test("A writer removes a last line of zeros with its newline") func aVoidLastLineIsRemovedWithItsNewline() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/observations.jsonl"
        let good = try ObservationLog.line(SampleObservations.full(trial: 1))
        try Data(good + [0, 0, 0, 0x0A]).write(to: URL(fileURLWithPath: path))
        do {
            let writer = try ObservationWriter(path: path)
            try writer.append(SampleObservations.full(trial: 2))
        }
        #expect(try ObservationLog.read(path).observations.map(\.trial) == [1, 2])
    }

    @Test("A second writer of a log is refused") func twoWritersAreRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/observations.jsonl"
        let writer = try ObservationWriter(path: path)
        let error = try #require(throws: ResultError.self) { try ObservationWriter(path: path) }
        #expect(error.message.contains("another process"))
        try writer.append(SampleObservations.full())
    }

    @Test("A log that cannot be read is an error that names it") func saysWhichFileCannotBeRead() throws {
        let error = try #require(throws: ResultError.self) { try ObservationLog.read("/nonexistent/o.jsonl") }
        #expect(error.code == .unreadable)
        #expect(error.description.hasPrefix("/nonexistent/o.jsonl: "))
    }
}
