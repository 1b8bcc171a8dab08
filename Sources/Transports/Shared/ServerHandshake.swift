import LWS
import OrderUpdates
import TransportCore

/// A request as auth schemes see it, together with its route.
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
        // A WebSocket is opened by a GET or, over HTTP/2, by a CONNECT (RFC 8441, section 4).
        guard !opensWebSocket else { return false }
        return switch exchange.method {
        case .get, .head, .options: false
        case .post, .delete, .other: true
        }
    }

    var clientCertificate: ClientCertificate? {
        exchange.peerCertificate.map {
            ClientCertificate(
                // A name that is not UTF-8 belongs to nobody. Repaired, it could become another subject's name.
                commonNames: $0.commonNames.map { Subject(String(validating: $0, as: UTF8.self) ?? "") },
                serialNumber: CredentialID(String(decoding: $0.serialNumber, as: UTF8.self)), notBefore: $0.notBefore,
                notAfter: $0.notAfter)
        }
    }
}
