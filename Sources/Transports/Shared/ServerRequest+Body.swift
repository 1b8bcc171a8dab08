import FoundationEssentials
import LWS
import TransportCore

extension ServerRequest {
    /// The body as JSON of this form. Where it is something else, the request is refused and the result is nil.
    /// - Parameter form: what the client should send.
    func decode<Body: Decodable>(_ type: Body.Type, form: String) -> Body? {
        if let fault = StrictJSON.fault(in: exchange.body) {
            refuse(fault)
            return nil
        }
        guard let body = try? JSONDecoder().decode(type, from: Data(exchange.body)) else {
            refuse(400, "send \(form) as JSON")
            return nil
        }
        return body
    }

    /// Refuses a body that is not JSON.
    func refuse(_ fault: StrictJSON.Fault) {
        refuse(400, fault.description)
    }
}
