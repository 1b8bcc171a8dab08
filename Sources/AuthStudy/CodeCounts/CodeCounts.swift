/// What each auth scheme takes in code and settings: `code.json` of a result folder.
public struct CodeCounts: Encodable, Sendable {
    public struct Scheme: Encodable, Sendable {
        public var scheme: String
        public var lines: Int
        public var branches: Int
        /// How many `settingNames` there are.
        public var settings: Int
        /// Options of `tandem serve`: `--ticket-lifetime`.
        public var settingNames: [String]
        /// What the server keeps between requests, and how much: `sessions: at most 100,000`.
        public var serverState: String
        /// Paths below `Sources`.
        public var files: [String]
    }

    public struct Part: Encodable, Sendable {
        public var lines: Int
        public var branches: Int
    }

    /// How it was counted.
    public var rule: String
    public var schemes: [Scheme]
    /// The verification of tokens, which schemes share.
    public var tokens: Part

    /// The rule, and a table in Markdown.
    public var text: String {
        let rows = schemes.map { scheme in
            let settings = scheme.settingNames.map { "`\($0)`" }.joined(separator: ", ")
            return
                "| `\(scheme.scheme)` | \(scheme.lines) | \(scheme.branches) | \(settings.isEmpty ? "-" : settings) | "
                + "\(scheme.serverState) |"
        }
        return """
            \(rule)

            | scheme | lines | branches | settings | server-side state |
            |---|---|---|---|---|
            \(rows.joined(separator: "\n"))

            `tokens`: \(tokens.lines) lines, \(tokens.branches) branches
            """
    }
}

/// The sources have another form than the one that is counted. The description says what to mend.
public struct CodeCountError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
