internal import ExperimentModel
internal import FoundationEssentials

/// What clients can tell of a failure: `legibility.json` in the result folder, written where browsers were tried.
public struct LegibilityRecord: Decodable, Sendable, Hashable {
    public struct Row: Decodable, Sendable, Hashable {
        /// What happened: `expired`, `forbidden`.
        public var cause: String
        /// The client's interface: `EventSource`.
        public var client: String
        /// Nil where the client is no browser.
        public var browser: String?
        /// All that the client could see.
        public var signal: String

        public init(cause: String, client: String, browser: String?, signal: String) {
            self.cause = cause
            self.client = client
            self.browser = browser
            self.signal = signal
        }
    }

    public var rows: [Row]
    /// The information that a client's signals carry about the cause, by client.
    public var bits: [String: Double]?

    public init(rows: [Row], bits: [String: Double]?) {
        self.rows = rows
        self.bits = bits
    }
}

/// What a scheme takes in code: `code.json` in the result folder, counted from the source by a script.
public struct CodeRecord: Decodable, Sendable, Hashable {
    public struct Scheme: Decodable, Sendable, Hashable {
        public var scheme: String
        public var lines: Int
        public var branches: Int
        public var settings: Int
        /// What the server keeps: `session per login`.
        public var serverState: String

        public init(scheme: String, lines: Int, branches: Int, settings: Int, serverState: String) {
            self.scheme = scheme
            self.lines = lines
            self.branches = branches
            self.settings = settings
            self.serverState = serverState
        }
    }

    /// How it was counted.
    public var rule: String
    public var schemes: [Scheme]

    public init(rule: String, schemes: [Scheme]) {
        self.rule = rule
        self.schemes = schemes
    }
}

/// The files that others put beside the observations.
public struct AuthFiles: Sendable, Hashable {
    public var legibility: LegibilityRecord?
    public var code: CodeRecord?

    public init(legibility: LegibilityRecord? = nil, code: CodeRecord? = nil) {
        self.legibility = legibility
        self.code = code
    }

    /// Those that are there.
    /// - Throws: `ReportError` where one is of another form.
    init(in folder: String) throws(ReportError) {
        self.init(
            legibility: try Self.read(LegibilityRecord.self, folder + "/legibility.json"),
            code: try Self.read(CodeRecord.self, folder + "/code.json"))
    }

    private static func read<Record: Decodable>(_ type: Record.Type, _ path: String) throws(ReportError) -> Record? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch {
            throw ReportError(
                .unreadable, "\(path) is not of the form that reports read (\(error)): make it anew, or remove it")
        }
    }
}
