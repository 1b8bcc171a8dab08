import ExperimentRunner
import FoundationEssentials
import Glibc
import LoadGeneration

/// A population of sessions in a process of its own. Confined to the task of its scope.
struct SessionsProcess {
    private let child: ChildProcess

    var pid: Int32 { child.pid }

    /// Starts it, connects its sessions, and ends it when the body has returned.
    ///
    /// - Parameter body: gets the event `ready`.
    static func run<Result: Sendable>(
        _ program: String, _ specification: SessionSpecification, guardian: RunGuardian,
        _ body: (SessionsProcess, SessionEvent) async throws -> Result
    ) async throws -> Result {
        try await ChildProcess.run("the sessions", program, ["sessions", "--spec", "-"], processors: nil) { child in
            guardian.watch(child.pid)
            defer {
                // A frozen process does not react to SIGTERM.
                kill(child.pid, SIGCONT)
                guardian.leave(child.pid)
            }
            let process = SessionsProcess(child: child)
            try await child.write(line: try Self.line(specification))
            let ready = try await process.event(.ready, within: .seconds(60))
            return try await body(process, ready)
        }
    }

    /// Sends a command, and returns the answer.
    @discardableResult
    func command(_ command: SessionCommand) async throws -> SessionEvent {
        try await child.write(line: try Self.line(command))
        let answer: SessionEvent.Name =
            switch command.command {
            case .quiesce: .quiesced
            case .finish: .result
            default: .done
            }
        return try await event(answer, within: .seconds(30 + (command.seconds ?? 0)))
    }

    func finish() async throws -> SessionsResult {
        guard let result = try await command(SessionCommand(.finish)).result else {
            throw SessionStudyError("the sessions ended without a result")
        }
        return result
    }

    private func event(_ name: SessionEvent.Name, within patience: Duration) async throws -> SessionEvent {
        while true {
            let line = try await child.line(within: patience, waitingFor: name.rawValue)
            let event: SessionEvent
            do {
                event = try JSONDecoder().decode(SessionEvent.self, from: Data(line.utf8))
            } catch {
                throw SessionStudyError("the sessions said '\(line.prefix(200))', which is no event: \(error)")
            }
            switch event.event {
            case name: return event
            case .failed: throw SessionStudyError(event.message ?? "the sessions failed and did not say why")
            default: continue
            }
        }
    }

    private static func line(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
