public import OrderUpdates

/// The client's half of an authentication scheme: what it presents, and where.
public enum Credential: Hashable, Sendable {
    case none
    /// `Authorization: Bearer` (RFC 6750, section 2.1).
    case bearer(String)
    /// A session cookie with the token that an unsafe request must repeat (RFC 6265).
    case cookie(name: String, value: String, csrfToken: String, origin: Origin?)
    /// `?access_token=` (RFC 6750, section 2.3).
    case query(String)
    /// `?ticket=`, which works once.
    case ticket(String)
    /// A token with which the client fetches a ticket before each connection, or before each request of a poller.
    case tickets(for: String)
    /// The token as one of the subprotocols that a WebSocket offers (RFC 6455, section 1.9).
    case subprotocol(String)
    /// The token in a WebSocket's first message.
    case firstMessage(String)
    /// A certificate that TLS shows (RFC 8446, section 4.4.2), as the client is configured.
    case certificate

    /// The prefix of a subprotocol that carries a token.
    public static let subprotocolPrefix = "bearer."
    public static let tokenParameter = "access_token"
    public static let ticketParameter = "ticket"
    public static let csrfHeader = "x-csrf-token"

    /// The header fields of a request, with lower-case names. There are none for a request that opens a stream or
    /// polls with a ticket.
    /// - Parameter isUnsafe: whether the request may change something.
    public func headers(isUnsafe: Bool = false) -> [(name: String, value: String)] {
        switch self {
        case .none, .query, .ticket, .subprotocol, .firstMessage, .certificate: []
        case .bearer(let token), .tickets(let token): [("authorization", "Bearer \(token)")]
        case .cookie(let name, let value, let csrfToken, let origin):
            [("cookie", "\(name)=\(value)")] + (origin.map { [("origin", $0.description)] } ?? [])
                + (isUnsafe ? [(Self.csrfHeader, csrfToken)] : [])
        }
    }

    /// The parameter to add to a query; nil for none. Its value needs no percent-encoding.
    public var parameter: String? {
        switch self {
        case .query(let token): "\(Self.tokenParameter)=\(token)"
        case .ticket(let ticket): "\(Self.ticketParameter)=\(ticket)"
        default: nil
        }
    }

    /// The subprotocol to offer in addition; nil for none.
    public var offeredSubprotocol: String? {
        if case .subprotocol(let token) = self { Self.subprotocolPrefix + token } else { nil }
    }
}
