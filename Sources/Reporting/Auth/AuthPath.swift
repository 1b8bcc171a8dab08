public import ExperimentModel

/// A transport as a scheme meets it: over a protocol version, plain or over TLS.
public struct AuthPath: Sendable, Hashable {
    public var transport: String
    public var protocolVersion: String
    public var tls: Bool

    public init(_ cell: Cell) {
        transport = cell.transport
        protocolVersion = cell.protocolVersion
        tls = cell.tls
    }

    /// `SSE, HTTP/1.1, TLS`.
    public var label: String { "\(name), \(version), \(tls ? "TLS" : "plain")" }

    /// The transport as people call it.
    public var name: String { Subject.name(of: transport) }

    private var version: String {
        switch protocolVersion {
        case "h1": "HTTP/1.1"
        case "h2": "HTTP/2"
        default: protocolVersion
        }
    }
}

extension AuthPath: Comparable {
    private static let order = ["sse", "websocket", "long-polling", "polling"]

    /// What an application would choose comes first: TLS before plain, streams before polls.
    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: (Int, Int, String, String) {
        (tls ? 0 : 1, Self.order.firstIndex(of: transport) ?? Self.order.count, transport, protocolVersion)
    }
}
