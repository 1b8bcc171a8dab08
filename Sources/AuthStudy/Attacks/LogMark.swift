import ExperimentModel

/// A position in the server's log, to read what was written after it.
struct LogMark {
    private let log: @Sendable () -> [String]
    private let count: Int

    /// Nil where there is no log.
    init?(_ log: (@Sendable () -> [String])?) {
        guard let log else { return nil }
        self.log = log
        count = log().count
    }

    private var lines: [String] { Array(log().dropFirst(count)) }

    /// Why the log lines of one attack are wrong; nil where they are right.
    func rejection(_ wanted: Int, secrets: Set<String>) -> String? {
        let lines = lines
        if lines.contains(where: { line in secrets.contains { line.contains($0) } }) {
            return "the log holds the credential"
        }
        if let line = lines.first(where: { !Self.hasCause($0) }) { return "a line of the log has no cause: \(line)" }
        return lines.count == wanted ? nil : "\(lines.count) lines in the log, not \(wanted)"
    }

    /// The verdict on several attacks together.
    func verdict(on wanted: Int) -> AuthSummary.Attack {
        let rejection = rejection(wanted, secrets: [])
        return AuthSummary.Attack(
            name: "the log of the slow attacks", category: Attack.Category.control.rawValue,
            expected: "\(wanted) lines, each with a cause", observed: rejection ?? "\(wanted) lines",
            isRepelled: rejection == nil)
    }

    private static func hasCause(_ line: String) -> Bool { line.contains("cause=") || line.contains("reason=") }
}
