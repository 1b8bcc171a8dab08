public import ExperimentModel

/// What is compared: a transport over a protocol version, with the factors that belong to the transport, such as the
/// interval of polling.
public struct Subject: Hashable, Sendable {
    public var transport: String
    public var protocolVersion: String
    public var pollIntervalSeconds: Double?
    /// The levels of the transport's other factors, without those that are the default.
    public var options: [String]
    public var server: Cell.ServerKind

    public init(_ cell: Cell) {
        transport = cell.transport
        protocolVersion = cell.protocolVersion
        pollIntervalSeconds = cell.pollIntervalSeconds
        options = Factor.all.filter(\.isOfTransport).compactMap { $0.text(cell) }
        server = cell.server
    }

    /// For prose and tables: `SSE, HTTP/2`, `Polling every 5 s, HTTP/1.1`.
    public var label: String {
        let transport = Factor.transport(transport, every: pollIntervalSeconds)
        var text = ([transport, Factor.name(ofProtocol: protocolVersion)] + options).joined(separator: ", ")
        if server == .external { text += " (external server)" }
        return text
    }

    /// For narrow places: `SSE h2`, `Polling 5s h1`.
    public var shortLabel: String {
        var text = name
        if let pollIntervalSeconds { text += " \(Decimals.plain(pollIntervalSeconds))s" }
        text += ([" \(protocolVersion)"] + options).joined(separator: " ")
        if server == .external { text += " ext." }
        return text
    }

    /// The transport's name for people.
    public var name: String { Factor.name(ofTransport: transport) }

    /// Whether the client sends requests for updates, at an interval or by long polling.
    public var asks: Bool { !isPush || transport == "long-polling" }

    /// Whether the server delivers without waiting for the next request of an interval.
    public var isPush: Bool { pollIntervalSeconds == nil }
}

extension Subject: Comparable {
    /// The order of tables and colours: the transports that readers ask about first, then by name, protocol version and
    /// interval.
    public static func < (left: Subject, right: Subject) -> Bool { left.rank < right.rank }

    private var rank: (Int, String, String, Double, String) {
        (
            Factor.place(ofTransport: transport), transport, protocolVersion, pollIntervalSeconds ?? 0,
            ([server.rawValue] + options).joined(separator: " ")
        )
    }
}
