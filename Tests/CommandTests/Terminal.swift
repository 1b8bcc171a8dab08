import Foundation

/// The command in a terminal of its own, made by script(1).
enum Terminal {
    /// - Parameters:
    ///   - environment: assignments and options of env(1): `TERM=dumb`, `-uLANG`.
    ///   - columns: of 24 lines.
    static func run(
        _ arguments: [String], environment: [String] = ["TERM=xterm"], columns: Int = 80, in folder: String = "/"
    ) async throws -> Command.Outcome {
        // env(1) takes its options first.
        let settings = environment.filter { $0.hasPrefix("-") } + environment.filter { !$0.hasPrefix("-") }
        let words = (["env"] + settings + [Command.path] + arguments).map { "'\($0)'" }.joined(separator: " ")
        return try await Command.start(
            program: "script", ["-qec", "stty cols \(columns) rows 24; exec \(words)", "/dev/null"], in: folder
        ).outcome()
    }

    /// What stood on a line that is written over, one text after the other.
    static func paintings(_ output: String) -> [String] {
        output.components(separatedBy: "\r\u{1B}[K").dropFirst().map { text in
            String(text.prefix { !$0.isNewline })
        }
    }
}
