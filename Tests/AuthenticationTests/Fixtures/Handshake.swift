import TransportCore

/// A handshake without a connection.
struct Handshake: HandshakeRequest {
    var headers: [String: String] = [:]
    var parameters: [String: String] = [:]

    /// A request with this `Authorization` header.
    init(authorization: String? = nil) {
        headers["authorization"] = authorization
    }

    func header(_ name: String) -> String? { headers[name] }
    func query(_ name: String) -> String? { parameters[name] }
}
