import Clocks
import ExperimentRunner
import FoundationEssentials

/// A browser's process. It writes the address of its protocol to standard error.
struct BrowserProcess {
    private let name: String
    private let child: ChildProcess
    private let log: String

    /// The shell becomes the browser, which keeps its process id. HOME and TMPDIR are in the folder and all XDG variables are removed, so
    /// that the browser reads and writes nothing of the user's. Its output goes into a file: a full pipe that nobody reads would stop it.
    private static let script = #"""
        export HOME="$1" TMPDIR="$1/tmp"; mkdir "$TMPDIR"
        for name in $(env | sed -n 's/^\(XDG_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
        log=$2; shift 2; exec "$@" </dev/null >/dev/null 2>"$log"
        """#

    /// Starts it, and ends it and all its child processes when the body has returned or thrown.
    static func run<Result: Sendable>(
        _ name: String, _ program: String, _ arguments: [String], in home: TemporaryFolder,
        body: (BrowserProcess) async throws -> Result
    ) async throws -> Result {
        let log = home.path + "/log"
        return try await ChildProcess.run(
            name, "/bin/sh", ["-c", script, "sh", home.path, log, program] + arguments, processors: nil
        ) { child in
            // A negative number means a process group (kill(1)).
            home.guardian.watch(-child.pid)
            defer { home.guardian.leave(-child.pid) }
            return try await body(BrowserProcess(name: name, child: child, log: log))
        }
    }

    /// Waits for the address of its protocol.
    ///
    /// - Throws: `BrowserError` with its last lines, where it ends before or does not write the address in time.
    func address(after announcement: String, within patience: Duration) async throws -> String {
        let address = try await Polling.value(within: patience, every: .milliseconds(20)) { () -> String? in
            // Read before its output: a process that has ended writes no more.
            let hasEnded = child.hasEnded
            let lines = lines
            for line in lines {
                guard let place = line.firstRange(of: announcement) else { continue }
                return String(line[place.upperBound...].prefix { $0 != " " })
            }
            if hasEnded { throw BrowserError(.notStarted, "\(name) ended at its start\(Self.quote(lines))") }
            return nil
        }
        guard let address else {
            throw BrowserError(
                .notStarted, "\(name) did not say within \(patience.seconds) s where it listens\(Self.quote(lines))")
        }
        return address
    }

    /// The complete lines of its standard error.
    private var lines: [String] {
        let bytes = FileManager.default.contents(atPath: log) ?? Data()
        let text = String(decoding: bytes, as: UTF8.self)
        let end = text.lastIndex(of: "\n") ?? text.startIndex
        return text[..<end].split(separator: "\n").map(String.init)
    }

    private static func quote(_ lines: [String]) -> String {
        lines.isEmpty ? "" : ": " + lines.suffix(5).joined(separator: " / ")
    }
}
