import TransportCore

/// A handshake without a connection.
struct Handshake: HandshakeRequest, Sendable {
    var headers: [String: String] = [:]
    var parameters: [String: [String]] = [:]
    var cookieValues: [String: [String]] = [:]
    var isTLS = false
    var isUnsafe = false
    var target = HandshakeTarget()
    var opensWebSocket: Bool { target.transport == .websocket }
    var clientCertificate: ClientCertificate?

    /// A request with this `Authorization` header.
    init(authorization: String? = nil) {
        headers["authorization"] = authorization
    }

    func header(_ name: String) -> String? { headers[name] }
    func queries(_ name: String) -> [String] { parameters[name] ?? [] }
    func cookies(_ name: String) -> [String] { cookieValues[name] ?? [] }
}
