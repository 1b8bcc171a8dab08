import Foundation
import Testing
import TransportCore

extension AuthScheme {
    /// Why a request is refused; nil where it is not.
    func refusal(of request: Handshake) -> AuthenticationFailure? {
        do throws(AuthenticationFailure) {
            _ = try authenticate(request)
            return nil
        } catch {
            return error
        }
    }

    /// The answer of one of the scheme's own requests, which has been authenticated as the principal.
    func call(
        _ method: CredentialEndpoint.Method, _ path: String, as principal: Principal, body: String = "",
        isTLS: Bool = true
    ) throws -> CredentialEndpoint.Answer {
        let endpoint = try #require(endpoints.first { $0.method == method && $0.path == path })
        return endpoint.handle(.init(principal: principal, body: Array(body.utf8), isTLS: isTLS))
    }
}

extension CredentialEndpoint.Answer {
    func member<Value: Decodable>(_ name: String, _ type: Value.Type = Value.self) throws -> Value {
        try #require(JSONDecoder().decode([String: Either<Value>].self, from: Data(body))[name]?.value)
    }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// A member of the type that is asked for, or of another.
    private struct Either<Value: Decodable>: Decodable {
        var value: Value?
        init(from decoder: any Decoder) throws { value = try? decoder.singleValueContainer().decode(Value.self) }
    }
}
