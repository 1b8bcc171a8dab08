import ArgumentParser
import Glibc
import LWS

/// The command.
@main
struct Tandem: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tandem",
        abstract:
            "Serve one order-update core over SSE, WebSocket and polling, and measure which transport serves it best.",
        discussion: """
            Examples:
              tandem doctor                                    what this machine lacks
              tandem serve --demo                              orders that change
              tandem run Experiments/quick.yaml                measure, then report
              tandem run --resume Experiments/Results/latest   resume a run
              tandem report Experiments/Results/latest         render it again

            Exit status: 0 success; 1 a trial failed, or its figures are not sound; 2 a wrong command line or file; \
            3 this machine lacks something (tandem doctor says what); 130 interrupted.

            Shell completions: tandem --generate-completion-script bash|zsh|fish
            """,
        version: "tandem 0.2.0",
        subcommands: [
            RunCommand.self, ReportCommand.self, ServeCommand.self, LoadCommand.self, ProxyCommand.self,
            SimulateCommand.self, LegibilityCommand.self, CodeCountsCommand.self, ListCommand.self, DoctorCommand.self,
            TokenCommand.self, EchoClientCommand.self, SessionsCommand.self,
        ])

    /// The parser's errors begin in the same way as ours.
    static let _errorPrefix = "tandem: "

    static func main() async {
        EventLibrary.prepareOpenSSL()
        let arguments = joiningNegativeValues(Array(CommandLine.arguments.dropFirst()))
        var isParsed = false
        do {
            var command = try parseAsRoot(arguments)
            isParsed = true
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            leave(error, arguments, isParsed: isParsed)
        }
    }

    /// Writes `--port -1` as `--port=-1`. The parser takes a word that begins with a dash for an option, and would
    /// say that the value is missing.
    private static func joiningNegativeValues(_ arguments: [String]) -> [String] {
        var joined: [String] = []
        for argument in arguments {
            if let option = joined.last, option.hasPrefix("--"), option.utf8.count > 2, !option.contains("="),
                argument.hasPrefix("-"), Double(argument) != nil
            {
                joined[joined.count - 1] = "\(option)=\(argument)"
            } else {
                joined.append(argument)
            }
        }
        return joined
    }

    private static func leave(_ error: any Error, _ arguments: [String], isParsed: Bool) -> Never {
        if let status = error as? ExitStatus { Glibc.exit(status.rawValue) }
        if let failure = error as? CommandFailure {
            complain(_errorPrefix + failure.message)
            Glibc.exit(failure.status.rawValue)
        }
        if ExitStatus.explains(error) {
            complain(_errorPrefix + "\(error)")
            Glibc.exit(ExitStatus(error).rawValue)
        }
        let code = exitCode(for: error)
        var text = fullMessage(for: error)
        guard code != .success else {
            // Help and the version are output, not errors.
            print(text)
            Glibc.exit(0)
        }
        let wrong = WrongCommandLine(arguments)
        var refusal = message(for: error)
        if isParsed {
            // The parser adds the usage only to its own errors.
            if error is ValidationError { text = wrong.text(refusal) }
        } else if let unknown = wrong.unknownOption {
            (refusal, text) = (unknown, wrong.text(unknown))
        } else if let example = wrong.example(for: refusal) {
            let better = "\(refusal.hasSuffix(".") ? String(refusal.dropLast()) : refusal), as in \(example)"
            text = text.replacing(refusal, with: better, maxReplacements: 1)
            refusal = better
        }
        LoadCommand.tell(refusal: refusal, of: arguments)
        complain(text)
        if let hint = wrong.subcommandHint { complain(hint) }
        Glibc.exit(code == .validationFailure ? ExitStatus.usage.rawValue : ExitStatus.unsound.rawValue)
    }

    static func complain(_ text: String) {
        StandardStreams.error(text.hasSuffix("\n") ? text : text + "\n")
    }
}
