import JWTKit

/// From the text of a key to something that verifies and signs.
extension JSONWebKey {
    /// What is wrong with a key and what to do, without its place, which the caller knows.
    struct Flaw: Error {
        var code = CredentialError.Code.malformed
        var message: String
    }

    /// The algorithm that the key decides: by its type, and `alg` may only confirm it.
    func algorithm() throws(Flaw) -> SignatureAlgorithm {
        let kept = "use EC with P-256 (ES256), OKP with Ed25519 (EdDSA), RSA (RS256) or oct (HS256)"
        guard let algorithm = SignatureAlgorithm.allCases.first(where: { $0.keyType == kty }) else {
            throw Flaw(code: .unsupported, message: "the key type \(quoted(kty)) is not supported: \(kept)")
        }
        if let curve = algorithm.curve, curve != crv {
            let found = crv.map { "the curve \(quoted($0)) is not supported" } ?? "the curve (crv) is missing"
            throw Flaw(code: .unsupported, message: "\(found): \(kept)")
        }
        if let alg, alg != algorithm.rawValue {
            throw Flaw(code: .unsupported, message: "alg is \(quoted(alg)), not \(algorithm.rawValue): \(kept)")
        }
        return algorithm
    }

    /// What verifies, from the public part alone unless the key is a shared secret, so that a server holds no private key.
    func verifier() async throws(Flaw) -> any JWTAlgorithm {
        let algorithm = try algorithm()
        try checkMembers(algorithm)
        return try await implementation(algorithm, of: publicPart ?? self)
    }

    /// What signs; nil where there is no private part.
    func signer() async throws(Flaw) -> (any JWTAlgorithm)? {
        guard isSecret else { return nil }
        let algorithm = try algorithm()
        try checkMembers(algorithm)
        let signer = try await implementation(algorithm, of: self)
        // A private part of another key would make tokens that nobody takes.
        let probe = Array("probe".utf8)
        let verifier = try await implementation(algorithm, of: publicPart ?? self)
        guard let signature = try? signer.sign(probe), (try? verifier.verify(signature, signs: probe)) == true else {
            throw Flaw(message: "the private part does not belong to the public part: make the key anew")
        }
        return signer
    }

    private func checkMembers(_ algorithm: SignatureAlgorithm) throws(Flaw) {
        switch algorithm {
        case .hs256:
            // RFC 7518, section 3.2: at least as long as the hash.
            try check("k", k, bytes: 32...1024)
        case .es256:
            // RFC 7518, section 6.2: always of full length.
            try check("x", x, bytes: 32...32)
            try check("y", y, bytes: 32...32)
            if d != nil { try check("d", d, bytes: 32...32) }
        case .eddsa:
            try check("x", x, bytes: 32...32)
            if d != nil { try check("d", d, bytes: 32...32) }
        case .rs256:
            // RFC 7518, section 3.3: 2048 bits or more. Beyond 8192 a verification takes milliseconds of a loop.
            try check("n", n, bytes: 256...1024)
            try check("e", e, bytes: 1...8)
            if d != nil { try check("d", d, bytes: 1...1024) }
            if p != nil { try check("p", p, bytes: 1...1024) }
            if q != nil { try check("q", q, bytes: 1...1024) }
        }
    }

    private func check(_ name: String, _ value: String?, bytes: ClosedRange<Int>) throws(Flaw) {
        guard let value else { throw Flaw(message: "\(name) is missing, which a key of type \(kty) needs") }
        guard let decoded = Base64URL.decode(value.utf8) else {
            throw Flaw(message: "\(name) is not base64url without padding (RFC 7515, section 2)")
        }
        guard bytes.contains(decoded.count) else {
            let wanted =
                bytes.count == 1 ? "\(bytes.lowerBound)" : "\(bytes.lowerBound) to \(bytes.upperBound)"
            throw Flaw(
                code: .unsupported,
                message: "\(name) has \(decoded.count) bytes and should have \(wanted): make a key of the right size")
        }
    }

    private func implementation(
        _ algorithm: SignatureAlgorithm, of key: JSONWebKey
    ) async throws(Flaw) -> any JWTAlgorithm {
        // jwt-kit hands out its algorithms through a collection only, which is an actor: a hop for each key, once.
        let keys = JWTKeyCollection()
        do {
            switch algorithm {
            case .hs256:
                await keys.add(
                    hmac: HMACKey(from: Base64URL.decode((key.k ?? "").utf8) ?? []), digestAlgorithm: .sha256)
            case .es256:
                try await keys.add(
                    jwk: .ecdsa(.es256, identifier: "", x: key.x, y: key.y, curve: .p256, privateKey: key.d))
            case .eddsa:
                try await keys.add(
                    jwk: .octetKeyPair(.eddsa, identifier: "", x: key.x, y: nil, curve: .ed25519, privateKey: key.d))
            case .rs256:
                var jwk = JWK.rsa(
                    .rs256, identifier: "", modulus: key.n, exponent: key.e, privateExponent: key.d)
                (jwk.prime1, jwk.prime2) = (key.p, key.q)
                try await keys.add(jwk: jwk)
            }
            return try await keys.getKey()
        } catch {
            // The library's reason is left out: it might quote the key.
            throw Flaw(message: "its numbers are not a key of type \(kty): export the key anew")
        }
    }

    private func quoted(_ text: String) -> String { String(reflecting: String(text.prefix(32))) }
}
