import Authentication
import TransportCore

/// What a cell can carry, and how it refuses.
extension AuthTarget {
    var isWebSocket: Bool { transport == .websocket }
    var takesFirstMessage: Bool { scheme == FirstMessageScheme.profile.name }
    var isCookie: Bool { scheme == CookieScheme.profile.name }
    var isTicket: Bool { scheme == TicketScheme.profile.name }
    var isQuery: Bool { scheme == QueryScheme.profile.name }
    var isSubprotocol: Bool { scheme == SubprotocolScheme.profile.name }
    var isBearer: Bool { scheme == BearerScheme.profile.name }
    var isMutualTLS: Bool { scheme == MutualTLSScheme.profile.name }
    /// Whether browsers send the credential by themselves.
    var isAmbient: Bool { isCookie || isMutualTLS }
    /// Whether a token is exchanged for the credential. The token is then judged in the exchange.
    var exchangesToken: Bool { isCookie || isTicket }
    /// Whether the answer continues for as long as the credential is valid.
    var isStream: Bool { transport == .sse || isWebSocket }

    /// How a request for a stream or a poll is refused.
    func refusal(_ status: Int) -> [Outcome] {
        if takesFirstMessage {
            switch status {
            case 401: return [.close(.unauthorized)]
            case 403: return [.close(.forbidden)]
            case 404: return [.close(.unknownOrder)]
            default: break
            }
        }
        return handshakeRefusal(status)
    }

    /// How a handshake is refused, whatever the scheme.
    func handshakeRefusal(_ status: Int) -> [Outcome] { [.status(status)] }

    /// How an invalid token is refused: when the stream opens, or when the token is exchanged.
    var tokenRefusal: [Outcome] { exchangesToken ? [.status(401)] : refusal(401) }
}
