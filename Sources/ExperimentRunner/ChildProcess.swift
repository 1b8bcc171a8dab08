import Glibc
import Subprocess
import Synchronization

/// A program that runs beside the runner and communicates in lines. It ends, with all that it has started, at the latest with its scope.
///
/// Confined to the task that runs the scope.
package final class ChildProcess {
    package let name: String
    package let pid: Int32
    private let input: StandardInputWriter
    private var lines: SubprocessOutputSequence.StringSequence<UTF8>.AsyncIterator
    private let complaints: Complaints

    /// How long a child may take to end after SIGTERM.
    private static let patience: Duration = .seconds(5)

    /// Starts a program, asks it to end once `body` has returned or thrown, and returns when it has ended.
    ///
    /// It has a process group of its own, so that Ctrl-C reaches only the runner, which then ends its children in
    /// order.
    ///
    /// - Parameters:
    ///   - name: its name in errors.
    ///   - processors: the processors that it may run on, for example `0,1`; nil for any.
    package static func run<Result: Sendable>(
        _ name: String, _ program: String, _ arguments: [String], processors: String?,
        body: (ChildProcess) async throws -> Result
    ) async throws -> Result {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: patience)]
        do {
            return try await Subprocess.run(
                // Both programs are replaced by the child, which keeps their process id. So a path needs no further
                // dependency, and the program is confined before it has a second thread.
                .name(processors == nil ? "env" : "taskset"),
                arguments: Arguments((processors.map { ["-c", $0] } ?? []) + [program] + arguments),
                platformOptions: options,
                input: .inputWriter, output: .sequence, error: .sequence
            ) { execution in
                let complaints = Complaints()
                let child = ChildProcess(
                    name, pid: execution.processIdentifier.value, execution.standardInputWriter,
                    execution.standardOutput.strings(bufferingPolicy: .maxLineLength(64 << 20)).makeAsyncIterator(),
                    complaints)
                let errors = execution.standardError
                let listening = Task {
                    defer { complaints.end() }
                    for try await line in errors.strings() { complaints.add(line) }
                }
                let result: Swift.Result<Result, any Error>
                do {
                    result = .success(try await body(child))
                } catch {
                    result = .failure(error)
                }
                try? await execution.standardInputWriter.finish()
                await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: patience)])
                // What it has started itself and left behind. The group's number is its own until it is reaped, after this.
                kill(-child.pid, SIGKILL)
                _ = await listening.result
                return try result.get()
            }.closureResult
        } catch let error as SubprocessError {
            throw TrialError(.childEnded, "\(name) could not be run (\(program)): \(error)")
        }
    }

    private init(
        _ name: String, pid: Int32, _ input: StandardInputWriter,
        _ lines: SubprocessOutputSequence.StringSequence<UTF8>.AsyncIterator, _ complaints: Complaints
    ) {
        self.name = name
        self.pid = pid
        self.input = input
        self.lines = lines
        self.complaints = complaints
    }

    /// The next line of its standard output.
    ///
    /// - Throws: `childEnded` with its standard error; `timeout`, after which it is dead.
    package func line(within limit: Duration, waitingFor what: String) async throws -> String {
        let pid = pid
        let watchdog = Watchdog(limit) {
            // It is not reaped before the scope ends, so the id is still its own. Its end ends the wait below.
            kill(pid, SIGKILL)
        }
        defer { watchdog.cancel() }
        let line = try await lines.next()
        try Task.checkCancellation()
        if let line { return line }
        await complaints.waitForEnd()
        guard !watchdog.hasFired else {
            throw TrialError(.timeout, "\(name) did not say '\(what)' within \(limit.components.seconds) s\(complaint)")
        }
        throw TrialError(.childEnded, "\(name) ended before it said '\(what)'\(complaint)")
    }

    package func write(line: String) async throws {
        do {
            _ = try await input.write(line + "\n")
        } catch {
            throw TrialError(.childEnded, "\(name) does not listen any more\(complaint)")
        }
    }

    package func send(signal: Int32) { kill(pid, signal) }

    /// Whether it has ended. For `kill` it exists until the scope ends, which reaps it.
    package var hasEnded: Bool {
        var change = siginfo_t()
        return waitid(P_PID, id_t(pid), &change, WEXITED | WNOHANG | WNOWAIT) != 0 || change.si_signo == SIGCHLD
    }

    private var complaint: String { complaints.text }

    /// The first and the last lines of a child's standard error. Different tasks write and read them.
    private final class Complaints: Sendable {
        /// How many lines are kept of each: the first ones explain a crash, the last ones say what followed.
        private static let kept = 3

        private struct State {
            var first: [String] = []
            var last: [String] = []
            var isClosed = false
        }

        private let state = Mutex(State())

        func add(_ line: String) {
            guard !line.isEmpty else { return }
            state.withLock { state in
                guard state.first.count == Self.kept else { return state.first.append(line) }
                state.last.append(line)
                if state.last.count > Self.kept { state.last.removeFirst() }
            }
        }

        func end() { state.withLock { $0.isClosed = true } }

        /// Waits for the end of standard error after standard output has ended, because different tasks read the two
        /// pipes.
        func waitForEnd() async {
            for _ in 0..<100 where !state.withLock({ $0.isClosed }) { try? await Task.sleep(for: .milliseconds(5)) }
        }

        var text: String {
            let lines = state.withLock { $0.first + $0.last }
            return lines.isEmpty ? "" : ": " + lines.joined(separator: " / ")
        }
    }
}
