import Foundation
import Subprocess
import Synchronization
import Testing

/// Runs the built command as a person would.
enum Command {
    struct Outcome: Sendable {
        /// The exit status; negative for the number of the signal that ended it.
        var status: Int32
        var output: String
        var error: String
    }

    /// Beside the test bundle, where the build puts it.
    static let path: String = {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
        let program = bundle.map { URL(fileURLWithPath: $0) } ?? URL(fileURLWithPath: "/proc/self/exe")
        return program.resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("tandem").path
    }()

    /// The interpreter that the Makefile chose. Without it Debian's, and never the first `python3` in PATH.
    static let python = ProcessInfo.processInfo.environment["PYTHON"] ?? "/usr/bin/python3"

    /// A folder that is empty at first, and gone after the body.
    static func inFolder<T>(_ body: (String) async throws -> T) async throws -> T {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder.path)
    }

    /// - Parameter program: by default the command itself.
    static func start(
        program: String = Command.path, _ arguments: [String], in folder: String = "/"
    ) async throws -> Running {
        let running = Running(program, arguments, folder)
        try await running.waitUntilStarted()
        return running
    }

    static func run(_ arguments: String..., in folder: String = "/") async throws -> Outcome {
        try await Running(path, arguments, folder).outcome()
    }

    static func run(_ arguments: [String], in folder: String = "/") async throws -> Outcome {
        try await Running(path, arguments, folder).outcome()
    }

    /// A command under way. Its output is read as it comes, so that it never waits for us.
    final class Running: Sendable {
        private let state: State
        private let task: Task<Outcome, any Error>

        private final class State: Sendable {
            struct Guarded {
                var pid: Int32?
                var output: [UInt8] = []
                var error: [UInt8] = []
                var hasEnded = false
            }
            let guarded = Mutex(Guarded())
        }

        fileprivate init(_ program: String, _ arguments: [String], _ folder: String) {
            let state = State()
            self.state = state
            task = Task {
                let result = try await Subprocess.run(
                    .name("env"), arguments: Arguments(["-C", folder, program] + arguments), input: .none,
                    output: .sequence, error: .sequence
                ) { execution in
                    state.guarded.withLock { $0.pid = execution.processIdentifier.value }
                    let errors = execution.standardError
                    let reading = Task {
                        for try await buffer in errors {
                            buffer.withUnsafeBytes { bytes in state.guarded.withLock { $0.error += bytes } }
                        }
                    }
                    for try await buffer in execution.standardOutput {
                        buffer.withUnsafeBytes { bytes in state.guarded.withLock { $0.output += bytes } }
                    }
                    try await reading.value
                }
                state.guarded.withLock { $0.hasEnded = true }
                let status: Int32 =
                    switch result.terminationStatus {
                    case .exited(let code): code
                    case .signaled(let number): -number
                    }
                return state.guarded.withLock {
                    Outcome(
                        status: status, output: String(decoding: $0.output, as: UTF8.self),
                        error: String(decoding: $0.error, as: UTF8.self))
                }
            }
        }

        var pid: Int32 { state.guarded.withLock { $0.pid ?? 0 } }

        var hasEnded: Bool { state.guarded.withLock { $0.hasEnded } }

        /// What it has printed so far.
        var text: String { state.guarded.withLock { String(decoding: $0.output, as: UTF8.self) } }

        /// What it has said so far on standard error.
        var errorText: String { state.guarded.withLock { String(decoding: $0.error, as: UTF8.self) } }

        func send(_ signal: Int32) {
            let pid = pid
            if pid > 0 { kill(pid, signal) }
        }

        /// Waits for its end. A test that takes too long ends it.
        func outcome() async throws -> Outcome {
            try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                send(SIGKILL)
            }
        }

        fileprivate func waitUntilStarted() async throws {
            try await Waiting.until("the command runs") { self.pid > 0 }
        }
    }
}

/// Waits for what must come; a hang is a failure after half a minute.
enum Waiting {
    static func until(_ what: Comment, _ isTrue: () -> Bool) async throws {
        for _ in 0..<3_000 {
            if isTrue() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("\(what): not within 30 s")
    }
}
