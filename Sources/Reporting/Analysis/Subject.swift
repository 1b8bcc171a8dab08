public import ExperimentModel

/// One of the things that are compared: a transport over a protocol version, with what is its own: its interval where it polls.
public struct Subject: Hashable, Sendable {
    public var transport: String
    public var protocolVersion: String
    public var pollIntervalSeconds: Double?
    /// The levels of the transport's other factors that do not go without saying.
    public var options: [String]
    public var server: Cell.ServerKind

    public init(_ cell: Cell) {
        transport = cell.transport
        protocolVersion = cell.protocolVersion
        pollIntervalSeconds = cell.pollIntervalSeconds
        options = Factor.all.filter(\.isOfTransport).compactMap { $0.text(cell) }
        server = cell.server
    }

    /// In prose and tables: `SSE over HTTP/2`, `Polling every 5 s`.
    public var label: String {
        let transport = Factor.transport(transport, every: pollIntervalSeconds)
        var text = ([transport, Factor.name(ofProtocol: protocolVersion)] + options).joined(separator: ", ")
        if server == .external { text += " (external server)" }
        return text
    }

    /// Where there is little room: `SSE h2`, `Polling 5s h1`.
    public var shortLabel: String {
        var text = name
        if let pollIntervalSeconds { text += " \(Decimals.plain(pollIntervalSeconds))s" }
        text += ([" \(protocolVersion)"] + options).joined(separator: " ")
        if server == .external { text += " ext." }
        return text
    }

    /// The transport as people call it.
    public var name: String { Factor.name(ofTransport: transport) }

    /// Whether each update costs requests, at an interval or not.
    public var asks: Bool { !isPush || transport == "long-polling" }

    /// Whether the server delivers without being asked at an interval.
    public var isPush: Bool { pollIntervalSeconds == nil }
}

extension Subject: Comparable {
    /// The order of tables and colours: what a reader asks about first, then by name, protocol version and interval.
    public static func < (left: Subject, right: Subject) -> Bool { left.rank < right.rank }

    private var rank: (Int, String, String, Double, String) {
        (
            Factor.place(ofTransport: transport), transport, protocolVersion, pollIntervalSeconds ?? 0,
            ([server.rawValue] + options).joined(separator: " ")
        )
    }
}
