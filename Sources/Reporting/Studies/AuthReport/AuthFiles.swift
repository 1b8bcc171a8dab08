public import ExperimentModel
internal import FoundationEssentials

extension LegibilityRecord {
    func bits(of client: String, in browser: String) -> Double? {
        bitsByBrowser.map { $0[browser]?[client] } ?? bits?[client]
    }

    /// The information of each native client that can use the vector's transport and scheme, in bits. Page code sees
    /// least there.
    func bits(for vector: AuthVector) -> [(client: String, bits: Double)] {
        let clients =
            switch vector.path.transport {
            case "websocket": [vector.scheme == "message" ? "WebSocket, first message" : "WebSocket"]
            case "sse": ["EventSource", "fetch"]
            default: ["fetch"]
            }
        return clients.compactMap { client in
            let api = String(client.prefix { $0 != "," })
            guard vector.summary.reach?.first(where: { $0.client == api })?.isUsable != false else { return nil }
            return bits?[client].map { (client, $0) }
        }
    }
}

/// What a scheme costs in code: `code.json` in the result folder, which `tandem code-counts` counts from the sources.
public struct CodeRecord: Codable, Sendable, Hashable {
    public struct Scheme: Codable, Sendable, Hashable {
        public var scheme: String
        public var lines: Int
        public var branches: Int
        public var settings: Int
        /// The state that the server keeps: `session per login`.
        public var serverState: String

        public init(scheme: String, lines: Int, branches: Int, settings: Int, serverState: String) {
            self.scheme = scheme
            self.lines = lines
            self.branches = branches
            self.settings = settings
            self.serverState = serverState
        }
    }

    /// How the code was counted.
    public var rule: String
    public var schemes: [Scheme]

    public init(rule: String, schemes: [Scheme]) {
        self.rule = rule
        self.schemes = schemes
    }
}

/// The files that other commands add to a result folder.
public struct AuthFiles: Sendable, Hashable {
    public var legibility: LegibilityRecord?
    public var code: CodeRecord?

    public init(legibility: LegibilityRecord? = nil, code: CodeRecord? = nil) {
        self.legibility = legibility
        self.code = code
    }

    /// Texts that replace a missing file.
    static let noLegibility = "no browser was tried: `make legibility` does, where Chromium or Firefox is installed"
    static let noCode = "not counted: `make code-counts` does"

    /// Reads the files that exist.
    /// - Throws: `ReportError` if a file has the wrong format.
    init(in folder: String) throws(ReportError) {
        self.init(
            legibility: try Self.read(LegibilityRecord.self, folder + "/legibility.json"),
            code: try Self.read(CodeRecord.self, folder + "/code.json"))
    }

    private static func read<Record: Decodable>(_ type: Record.Type, _ path: String) throws(ReportError) -> Record? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        do {
            let record = try JSONDecoder().decode(type, from: data)
            try ResultNumbers.check(record)
            return record
        } catch {
            let line = MemberLine.of(error, in: data).map { ":\($0)" } ?? ""
            throw ReportError(
                .unreadable,
                "\(path)\(line) is not of the form that reports read (\(DecodingError.explanation(of: error))): make it anew, or "
                    + "remove it")
        }
    }
}
