import ArgumentParser
import ExperimentModel

/// Explains what is wrong with a command line, with the usage of the subcommand.
struct WrongCommandLine {
    private let arguments: [String]
    /// From the command itself to the innermost subcommand in the command line.
    private var commands: [any ParsableCommand.Type] = [Tandem.self]
    private var names = ["tandem"]

    init(_ arguments: [String]) {
        self.arguments = arguments
        for argument in arguments {
            let next = commands[commands.count - 1].configuration.subcommands.first {
                $0.configuration.commandName == argument
            }
            guard let next else { return }
            commands.append(next)
            names.append(argument)
        }
    }

    private var command: any ParsableCommand.Type { commands[commands.count - 1] }

    /// The help, without line breaks within a sentence.
    private var help: String { Tandem.helpMessage(for: command, includeHidden: true, columns: 10_000) }

    /// An option that the subcommand does not have, with the one that was probably meant; nil for none. The parser
    /// reports other missing arguments first.
    var unknownOption: String? {
        guard command.configuration.subcommands.isEmpty else { return nil }
        let known = help.matches(of: /(?m)^  (?:-\w, )?(--[\w-]+)/).map { String($0.1) }
        let options = arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }
        let unknown = options.lazy.map { String($0.prefix { $0 != "=" }) }.first { !known.contains($0) }
        guard let unknown else { return nil }
        let hint = NearestName.of(unknown, among: known).map { ". Did you mean '\($0)'?" } ?? ""
        return "Unknown option '\(unknown)'\(hint)"
    }

    /// The option with its default, which shows the form, where its value is missing or invalid; nil otherwise.
    ///
    /// - Parameter message: the parser's message.
    func example(for message: String) -> String? {
        let help = help
        guard message.hasPrefix("Missing value") || message.contains("is invalid for"),
            let option = message.firstMatch(of: /'(--[\w-]+) </)?.1,
            let start = help.firstRange(of: "\n  \(option) ")?.upperBound
        else { return nil }
        let rest = help[start...]
        let entry = rest[..<(rest.firstRange(of: "\n  -")?.lowerBound ?? rest.endIndex)]
        guard let value = entry.firstMatch(of: /default: ([^;)]+)/)?.1 else { return nil }
        return "\(option) \(value)"
    }

    /// A mistyped subcommand, which the parser takes for a superfluous argument: the one that was probably meant, or
    /// all that there are.
    var subcommandHint: String? {
        let subcommands = command.configuration.subcommands.map { $0.configuration }.filter(\.shouldDisplay)
        let others = arguments.dropFirst(commands.count - 1)
        guard !subcommands.isEmpty, let word = others.first, !word.hasPrefix("-"), word != "help" else { return nil }
        let names = subcommands.compactMap(\.commandName)
        return NearestName.of(word, among: names).map { "Did you mean '\(self.names.joined(separator: " ")) \($0)'?" }
            ?? "The subcommands are \(names.joined(separator: ", "))."
    }

    /// A message in the form of the parser's own.
    func text(_ message: String) -> String {
        """
        \(Tandem._errorPrefix)\(message)
        Usage: \(Tandem.usageString(for: command))
          See '\(names.joined(separator: " ")) --help' for more information.
        """
    }
}
