import FoundationEssentials

/// `observations.jsonl`: one line for each trial, appended as it ends.
public struct ObservationLog: Hashable, Sendable {
    public var observations: [Observation]
    /// The last line, where a write was cut off. The trial of that line is lost; all lines before it are complete.
    public var torn: TornLine?

    public struct TornLine: Hashable, Sendable, CustomStringConvertible {
        /// From 1.
        public var line: Int
        public var bytes: Int

        public init(line: Int, bytes: Int) {
            self.line = line
            self.bytes = bytes
        }

        public var description: String {
            "line \(line) was cut off after \(bytes) bytes; the trial that it held is not counted"
        }
    }

    /// - Throws: `ResultError` with the line, where any but the last is not an observation, or one is of a later
    ///   version.
    public static func read(_ path: String) throws(ResultError) -> Self {
        try parse(try DiskFile.read(path), file: path)
    }

    /// The maximum number of histogram entries in a file. Compressed they take almost nothing, but in memory 16 bytes
    /// each.
    private static let largestEntries = 20_000_000

    /// - Parameter file: the name that errors show.
    public static func parse(_ bytes: [UInt8], file: String) throws(ResultError) -> Self {
        var log = Self(observations: [], torn: nil)
        var entries = 0
        var start = bytes.startIndex
        var number = 0
        while start < bytes.endIndex {
            number += 1
            let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
            let line = bytes[start..<(newline ?? bytes.endIndex)]
            let next = newline.map { $0 + 1 } ?? bytes.endIndex
            // A line is written together with its newline, so a last line without one was cut off, even if it happens
            // to parse. After a power failure the last line may also have its length and no content.
            if newline == nil || (next == bytes.endIndex && !isJSON(line)) {
                log.torn = TornLine(line: number, bytes: line.count)
                return log
            }
            log.observations.append(try observation(line, file: file, number: number, &entries))
            guard entries <= largestEntries else {
                throw ResultError(
                    .damaged,
                    "the histograms up to here have more than \(largestEntries) entries, which no run writes: split the file",
                    file: file, line: number)
            }
            start = next
        }
        return log
    }

    /// The line of an observation, with its newline.
    public static func line(_ observation: Observation) throws(ResultError) -> [UInt8] {
        let encoder = JSONEncoder()
        // Sorted, so that equal observations have equal bytes.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try Array(encoder.encode(observation)) + [UInt8(ascii: "\n")]
        } catch {
            throw ResultError(.unwritable, "trial \(observation.trial) cannot be written as JSON: \(error)")
        }
    }

    private static func observation(
        _ line: ArraySlice<UInt8>, file: String, number: Int, _ entries: inout Int
    ) throws(ResultError) -> Observation {
        struct Header: Decodable {
            var schema: Int
        }
        do {
            let data = Data(line)
            let schema = try JSONDecoder().decode(Header.self, from: data).schema
            guard schema <= Observation.currentSchema else {
                throw ResultError(
                    .newerSchema,
                    "schema \(schema) is newer than \(Observation.currentSchema), the newest that this version of "
                        + "tandem reads: use the version that wrote it", file: file, line: number)
            }
            let observation = try JSONDecoder().decode(Observation.self, from: data)
            entries += try ResultNumbers.check(observation)
            return observation
        } catch let error as ResultError {
            throw error
        } catch {
            throw ResultError(
                .damaged,
                "not an observation (\(DecodingError.explanation(of: error))): repair or delete the line, a report from "
                    + "it would be wrong",
                file: file, line: number)
        }
    }

    private static func isJSON(_ line: ArraySlice<UInt8>) -> Bool {
        struct Anything: Decodable {
            init(from decoder: any Decoder) throws {}
        }
        return (try? JSONDecoder().decode(Anything.self, from: Data(line))) != nil
    }
}
