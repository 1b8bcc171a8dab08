/// The words for levels, in every study and form.
extension Factor {
    /// A transport's name for people; an unknown transport keeps its own name.
    public static func name(ofTransport transport: String) -> String {
        switch transport {
        case "sse": "SSE"
        case "websocket": "WebSocket"
        case "polling": "Polling"
        case "long-polling": "Long polling"
        case "in-process": "In process"
        default: transport
        }
    }

    public static func transport(_ transport: String, every pollIntervalSeconds: Double?) -> String {
        let name = name(ofTransport: transport)
        return pollIntervalSeconds.map { "\(name) every \(grouped($0)) s" } ?? name
    }

    /// The order of tables and colours: the transports that readers ask about come first, unknown ones last.
    public static func place(ofTransport transport: String) -> Int {
        transports.firstIndex(of: transport) ?? transports.count
    }

    private static let transports = ["sse", "websocket", "long-polling", "polling", "in-process"]

    public static func name(ofProtocol version: String) -> String {
        switch version {
        case "h1": "HTTP/1.1"
        case "h2": "HTTP/2"
        default: version
        }
    }

    public static func text(tls: Bool) -> String { tls ? "TLS" : "plain" }

    public static func text(_ heartbeat: Cell.Heartbeat) -> String {
        heartbeat.kind == .off
            ? "no heartbeat" : "\(heartbeat.kind.rawValue) heartbeat \(grouped(heartbeat.seconds)) s"
    }

    /// `25`, `0.2`, `2,000`.
    package static func grouped(_ number: Double) -> String {
        let text = StrictNode.shown(number)
        guard !text.contains("."), !text.contains("e") else { return text }
        let digits = Array(text)
        return digits.indices.map { index in
            let isBreak = index > 0 && digits[index - 1] != "-" && (digits.count - index).isMultiple(of: 3)
            return (isBreak ? "," : "") + String(digits[index])
        }.joined()
    }
}
