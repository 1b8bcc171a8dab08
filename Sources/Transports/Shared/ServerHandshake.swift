import LWS
import OrderUpdates
import TransportCore

/// A request as auth schemes see it, with what its route makes of it.
struct ServerHandshake: HandshakeRequest {
    let exchange: Exchange
    let target: HandshakeTarget

    init(_ exchange: Exchange, target: HandshakeTarget) {
        self.exchange = exchange
        self.target = target
    }

    func header(_ name: String) -> String? { exchange.header(name) }
    func queries(_ name: String) -> [String] { exchange.queries(name) }
    func cookies(_ name: String) -> [String] { exchange.cookies(name) }
    var isTLS: Bool { exchange.isTLS }
    var opensWebSocket: Bool { exchange.opensWebSocket }

    var isUnsafe: Bool {
        // What opens a WebSocket is a GET, or over HTTP/2 a CONNECT (RFC 8441, section 4).
        guard !opensWebSocket else { return false }
        return switch exchange.method {
        case .get, .head, .options: false
        case .post, .delete, .other: true
        }
    }

    var clientCertificate: ClientCertificate? {
        exchange.peerCertificate.map {
            ClientCertificate(
                // A name that is not UTF-8 is nobody's: mended, it could be that of another.
                commonNames: $0.commonNames.map { Subject(String(validating: $0, as: UTF8.self) ?? "") },
                serialNumber: CredentialID(String(decoding: $0.serialNumber, as: UTF8.self)), notBefore: $0.notBefore,
                notAfter: $0.notAfter)
        }
    }
}
