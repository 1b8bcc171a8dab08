public import ExperimentModel

/// One of the things that are compared: a transport over a protocol version, with its interval where it polls.
public struct Subject: Hashable, Sendable {
    public var transport: String
    public var protocolVersion: String
    public var pollIntervalSeconds: Double?
    public var server: Cell.ServerKind

    public init(_ cell: Cell) {
        transport = cell.transport
        protocolVersion = cell.protocolVersion
        pollIntervalSeconds = cell.pollIntervalSeconds
        server = cell.server
    }

    /// In prose and tables: `SSE over HTTP/2`, `Polling every 5 s`.
    public var label: String {
        var text = name
        if let pollIntervalSeconds { text += " every \(Decimals.plain(pollIntervalSeconds)) s" }
        switch protocolVersion {
        case "h1": text += ", HTTP/1.1"
        case "h2": text += ", HTTP/2"
        default: text += ", \(protocolVersion)"
        }
        if server == .external { text += " (external server)" }
        return text
    }

    /// Where there is little room: `SSE h2`, `Polling 5s h1`.
    public var shortLabel: String {
        var text = name
        if let pollIntervalSeconds { text += " \(Decimals.plain(pollIntervalSeconds))s" }
        text += " \(protocolVersion)"
        if server == .external { text += " ext." }
        return text
    }

    /// The transport as people call it; one that we do not know keeps its own name.
    public var name: String { Self.name(of: transport) }

    static func name(of transport: String) -> String {
        switch transport {
        case "sse": "SSE"
        case "websocket": "WebSocket"
        case "polling": "Polling"
        case "long-polling": "Long polling"
        case "in-process": "In process"
        default: transport
        }
    }

    /// Whether each update costs requests, at an interval or not.
    public var asks: Bool { !isPush || transport == "long-polling" }

    /// Whether the server delivers without being asked at an interval.
    public var isPush: Bool { pollIntervalSeconds == nil }
}

extension Subject: Comparable {
    private static let order = ["sse", "websocket", "long-polling", "polling", "in-process"]

    /// The order of tables and colours: what a reader asks about first, then by name, protocol version and interval.
    public static func < (left: Subject, right: Subject) -> Bool { left.rank < right.rank }

    private var rank: (Int, String, String, Double, String) {
        let place = Self.order.firstIndex(of: transport) ?? Self.order.count
        return (place, transport, protocolVersion, pollIntervalSeconds ?? 0, server.rawValue)
    }
}
