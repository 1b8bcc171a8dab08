import ArgumentParser
import Catalog
import ExperimentModel
import FoundationEssentials
import Glibc
import LoadGeneration
import TransportCore

/// `tandem sessions`: runs a population of sessions for the runner of a study, which breaks and follows them.
struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "Hold sessions that come back, under a supervisor that speaks JSON lines.", shouldDisplay: false)

    @Option(help: ArgumentHelp("Where the specification comes from: - reads one line of standard input.")) var spec:
        String

    func validate() throws {
        guard spec == "-" else { throw ValidationError("--spec takes -: one line of JSON on standard input") }
    }

    func run() async throws {
        let specification = try await specification()
        guard let transport = Catalog.transport(named: TransportName(rawValue: specification.transport)) else {
            throw CommandFailure(.usage, LoadTargetOptions.unknownTransport(specification.transport))
        }
        // A runner that was killed cannot end this process, but its end closes our input.
        let companion = specification.companion
        StandardInput.shared.onClose {
            if let companion { kill(companion, SIGTERM) }
            _exit(ExitStatus.interrupted.rawValue)
        }
        do {
            try await Interruptible.run { try await SessionWork(specification, transport).run() }
        } catch {
            var event = SessionEvent(.failed, at: 0)
            event.message = error is CancellationError ? "interrupted" : String(describing: error)
            try SessionWork.write(event)
            throw ExitStatus(error)
        }
    }

    private func specification() async throws -> SessionSpecification {
        guard let line = await StandardInput.shared.line() else {
            throw CommandFailure(.usage, "--spec - expects one line of JSON on standard input, and it is empty")
        }
        do {
            return try JSONDecoder().decode(SessionSpecification.self, from: Data(line.utf8))
        } catch {
            throw CommandFailure(
                .usage, "the line is no specification of sessions: \(DecodingError.explanation(of: error))")
        }
    }
}
