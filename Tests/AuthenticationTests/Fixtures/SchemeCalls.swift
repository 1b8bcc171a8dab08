import Foundation
import Synchronization
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
        switch endpoint.reply(.init(principal: principal, body: Array(body.utf8), isTLS: isTLS)) {
        case .now(let answer): return answer
        case .later(let find):
            // Nothing of the schemes' own makes an answer wait but a file, and these have none.
            let found = Mutex<CredentialEndpoint.Answer?>(nil)
            find { answer in found.withLock { $0 = answer } }
            return try #require(found.withLock { $0 })
        }
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
