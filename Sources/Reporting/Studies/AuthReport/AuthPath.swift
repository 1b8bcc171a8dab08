public import ExperimentModel

/// The path of a scheme: a transport over a protocol version, with or without TLS.
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
    public var label: String {
        "\(name), \(Factor.name(ofProtocol: protocolVersion)), \(Factor.text(tls: tls))"
    }

    /// The transport's name for people.
    public var name: String { Factor.name(ofTransport: transport) }
}

extension AuthPath: Comparable {
    /// The order in which applications would choose: TLS before plain, streams before polls.
    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: (Int, Int, String, String) {
        (tls ? 0 : 1, Factor.place(ofTransport: transport), transport, protocolVersion)
    }
}
