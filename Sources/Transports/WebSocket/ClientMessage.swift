import FoundationEssentials
import TransportCore

/// A message of a client in the subprotocol `order-updates.v1`.
struct ClientMessage: Decodable {
    var type: String
    var id: String?
    var orderId: String?
    /// `subscribe`: the position to resume after.
    var resume: String?
    var command: String?
    var reason: String?
    /// `authenticate`, `refresh`: a JSON Web Token.
    var token: String?

    /// Nil where the bytes are not a JSON object of this form.
    init?(json: [UInt8]) {
        guard StrictJSON.fault(in: json) == nil,
            let message = try? JSONDecoder().decode(Self.self, from: Data(json))
        else { return nil }
        self = message
    }
}
