public import Clocks
import FoundationEssentials
import Glibc

/// The files of one run: `Experiments/Results/<experiment>-<time>/`.
public struct RunFolder: Hashable, Sendable {
    public var path: String

    public var observationsPath: String { path + "/observations.jsonl" }
    public var environmentPath: String { path + "/environment.json" }
    /// A copy of the file that the run was planned from.
    public var experimentPath: String { path + "/experiment.yaml" }
    public var manifestPath: String { path + "/run.json" }

    /// The last part of the path: the run's id.
    public var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// An existing folder. A link such as `latest` is followed.
    public init(existing path: String) throws(ResultError) {
        guard let resolved = realpath(path, nil) else {
            throw DiskFile.failure(.unreadable, "no such result folder", path)
        }
        defer { free(resolved) }
        self.path = String(cString: resolved)
    }

    /// Creates `<root>/<experiment>-<time>`, with `-2` and so on appended where that exists.
    public static func create(
        in root: String, experiment: String, clock: some TimeSource = MonotonicClock()
    ) throws(ResultError) -> Self {
        try DiskFile.createFolder(root)
        let base = "\(root)/\(experiment)-\(compactTime(clock.unixNanoseconds))"
        for attempt in 1...1_000 {
            let path = attempt == 1 ? base : "\(base)-\(attempt)"
            if mkdir(path, 0o755) == 0 { return try Self(existing: path) }
            guard errno == EEXIST else { throw DiskFile.failure(.unwritable, "cannot create", path) }
        }
        throw ResultError(.unwritable, "a thousand runs began in one second", file: base)
    }

    /// Makes the link `latest` beside the folder point to it, and the link `latest-<experiment>`, which other
    /// experiments do not change.
    public func markLatest(of experiment: String) throws(ResultError) {
        guard let slash = path.lastIndex(of: "/") else {
            throw ResultError(.unwritable, "a result folder needs a folder above it", file: path)
        }
        for name in ["latest", "latest-\(experiment)"] { try pointHere(path[..<slash] + "/\(name)") }
    }

    private func pointHere(_ link: Substring) throws(ResultError) {
        let draft = "\(link).\(getpid())"
        unlink(draft)
        // The target is relative, so that the results can be moved. The link is renamed into place, so that it is
        // never missing.
        guard symlink(name, draft) == 0 else { throw DiskFile.failure(.unwritable, "cannot create", draft) }
        guard rename(draft, String(link)) == 0 else {
            let error = DiskFile.failure(.unwritable, "cannot replace", String(link))
            unlink(draft)
            throw error
        }
    }

    public func write(_ environment: EnvironmentRecord) throws(ResultError) { try write(environment, environmentPath) }

    public func write(_ manifest: RunManifest) throws(ResultError) { try write(manifest, manifestPath) }

    /// Stores the text of the experiment file beside its results.
    public func write(experiment yaml: String) throws(ResultError) {
        try DiskFile.replace(experimentPath, with: Array(yaml.utf8))
    }

    public func environment() throws(ResultError) -> EnvironmentRecord {
        try read(EnvironmentRecord.self, environmentPath, newest: EnvironmentRecord.currentSchema, \.schema)
    }

    public func manifest() throws(ResultError) -> RunManifest {
        try read(RunManifest.self, manifestPath, newest: RunManifest.currentSchema, \.schema)
    }

    private func write(_ value: some Encodable, _ path: String) throws(ResultError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        let bytes: [UInt8]
        do {
            bytes = try Array(encoder.encode(value)) + [UInt8(ascii: "\n")]
        } catch {
            throw ResultError(.unwritable, "cannot be written as JSON: \(error)", file: path)
        }
        try DiskFile.replace(path, with: bytes)
    }

    private func read<Value: Decodable>(
        _ type: Value.Type, _ path: String, newest: Int, _ schema: (Value) -> Int
    ) throws(ResultError) -> Value {
        let bytes = try DiskFile.read(path)
        let value: Value
        do {
            value = try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            let cause = bytes.isEmpty ? "it is empty" : DecodingError.explanation(of: error)
            throw damaged(cause, path, line: MemberLine.of(error, in: bytes))
        }
        guard schema(value) <= newest else {
            throw ResultError(.newerSchema, "schema \(schema(value)) is newer than \(newest)", file: path)
        }
        do {
            try ResultNumbers.check(value)
        } catch {
            throw damaged("\(error)", path, line: MemberLine.of(error, in: bytes))
        }
        return value
    }

    private func damaged(_ cause: String, _ path: String, line: Int?) -> ResultError {
        ResultError(
            .damaged,
            "cannot be read: \(cause); repair the file, or remove it: a report does without it, going on with the run does not",
            file: path, line: line)
    }

    /// `20261123T050723Z`: it sorts by time, and is valid in file names everywhere.
    private static func compactTime(_ unixNanoseconds: Int64) -> String {
        Timestamp.string(unixNanoseconds).prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }
}
