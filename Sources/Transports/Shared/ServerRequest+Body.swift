import FoundationEssentials
import LWS
import TransportCore

extension ServerRequest {
    /// The body as JSON of a form; nil where it is something else, and the request has been refused for it.
    /// - Parameter form: what is to be sent instead.
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
