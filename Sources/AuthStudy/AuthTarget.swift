public import TransportCore

/// A running server under study, with the cell that is studied.
public struct AuthTarget: Sendable {
    public var endpoint: Endpoint
    public var transport: TransportName
    public var version: ProtocolVersion
    /// The name of the scheme. The server accepts the bearer header in addition.
    public var scheme: String
    /// PEM file of the authority that signed the server's certificate; nil without TLS.
    public var authority: String?
    /// An order of the subject `alice`, and one of another subject.
    public var order: String
    public var foreignOrder: String

    public init(
        endpoint: Endpoint, transport: TransportName, version: ProtocolVersion, scheme: String, authority: String?,
        order: String, foreignOrder: String
    ) {
        self.endpoint = endpoint
        self.transport = transport
        self.version = version
        self.scheme = scheme
        self.authority = authority
        self.order = order
        self.foreignOrder = foreignOrder
    }
}
