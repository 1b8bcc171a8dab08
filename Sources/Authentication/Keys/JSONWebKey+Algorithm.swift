import OrderUpdates
import Signatures

/// Makes a key that verifies or signs from the text of a key.
extension JSONWebKey {
    /// Why a key is rejected and what to do, without its index, which the caller knows.
    struct Rejection: Error {
        var code = CredentialError.Code.malformed
        var message: String
    }

    /// The algorithm, which the type of the key decides. `alg` may only confirm it.
    func algorithm() throws(Rejection) -> SignatureAlgorithm {
        let kept = "use EC with P-256 (ES256), OKP with Ed25519 (EdDSA), RSA (RS256) or oct (HS256)"
        if let mistyped { throw Rejection(message: "\(mistyped) is of the wrong type (RFC 7517, section 4)") }
        guard kid?.isEmpty != true else { throw Rejection(message: "kid is empty: give it a name or leave it out") }
        guard let kty else { throw Rejection(message: "kty is missing: \(kept)") }
        guard let algorithm = SignatureAlgorithm.allCases.first(where: { $0.keyType == kty }) else {
            throw Rejection(code: .unsupported, message: "the key type \(quoted(kty)) is not supported: \(kept)")
        }
        if let curve = algorithm.curve, curve != crv {
            let found = crv.map { "the curve \(quoted($0)) is not supported" } ?? "the curve (crv) is missing"
            throw Rejection(code: .unsupported, message: "\(found): \(kept)")
        }
        if let alg, alg != algorithm.rawValue {
            throw Rejection(code: .unsupported, message: "alg is \(quoted(alg)), not \(algorithm.rawValue): \(kept)")
        }
        return algorithm
    }

    /// The key that verifies. It is made of the public half only, unless the key is a shared secret, so that a server
    /// holds no private key.
    func verifier() throws(Rejection) -> VerifyingKey {
        let algorithm = try algorithm()
        let members = try decoded(algorithm.members.filter { !$0.isPrivate })
        do {
            return try VerifyingKey(algorithm, members)
        } catch {
            throw Rejection(error)
        }
    }

    /// The key that signs; nil where there is no private half.
    func signer() throws(Rejection) -> SigningKey? {
        guard signs else { return nil }
        let algorithm = try algorithm()
        let members = try decoded(algorithm.members)
        do {
            return try SigningKey(algorithm, members)
        } catch {
            throw Rejection(error)
        }
    }

    /// The numbers that the key has, decoded.
    private func decoded(_ members: [KeyMember]) throws(Rejection) -> KeyMembers {
        var decoded: KeyMembers = [:]
        for member in members {
            guard let text = numbers[member.name] else { continue }
            guard let bytes = Base64URL.decode(text.utf8) else {
                throw Rejection(message: "\(member.name) is not base64url without padding (RFC 7515, section 2)")
            }
            decoded[member.name] = bytes
        }
        return decoded
    }

    private func quoted(_ text: String) -> String { String(reflecting: String(text.prefix(32))) }
}

extension JSONWebKey.Rejection {
    init(_ error: KeyError) {
        let code: CredentialError.Code =
            switch error.code {
            case .malformed: .malformed
            case .unsupported: .unsupported
            case .unavailable: .unavailable
            }
        self.init(code: code, message: error.message)
    }
}
