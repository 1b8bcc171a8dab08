public import Clocks
public import FoundationEssentials
public import OrderUpdates
import Signatures
public import TransportCore

/// Issues tokens with a local key: for development, for measuring, and for tests that need invalid ones.
public struct TokenIssuer: Sendable {
    private struct NamedKey: Sendable {
        let kid: KeyID?
        let key: SigningKey
    }

    private let origin: String
    /// In the order of the file; never empty.
    private let keys: [NamedKey]
    private let clock: any TimeSource

    /// Reads the keys that have a private half or are a shared secret, and checks that the halves belong together.
    /// - Parameter environment: the variables for a source that is one.
    /// - Throws: `CredentialError` that names the source, the key's index, and what to do.
    public init(
        from source: KeySource, clock: any TimeSource = MonotonicClock(),
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(CredentialError) {
        try self.init(KeyMaterial(source, environment: environment), clock: clock)
    }

    /// - Parameters:
    ///   - jwks: the text of a JWKS file.
    ///   - origin: the name of the source in errors.
    /// - Throws: `CredentialError` as above.
    public init(
        jwks: String, origin: String, clock: any TimeSource = MonotonicClock()
    ) throws(CredentialError) {
        try self.init(KeyMaterial(jwks: Array(jwks.utf8), origin: origin), clock: clock)
    }

    private init(_ material: KeyMaterial, clock: any TimeSource) throws(CredentialError) {
        var keys: [NamedKey] = []
        for (index, key) in material.keys {
            do throws(JSONWebKey.Rejection) {
                guard let signer = try key.signer() else { continue }
                keys.append(NamedKey(kid: key.kid, key: signer))
            } catch {
                throw material.error(error, at: index)
            }
        }
        try material.checkNames(of: material.keys.filter(\.key.signs))
        guard !keys.isEmpty else {
            throw CredentialError(
                .noSigningKey,
                "\(material.origin) holds public keys only: give the file with the private key, or make one")
        }
        origin = material.origin
        self.keys = keys
        self.clock = clock
    }

    /// A token that is valid from now on.
    /// - Parameters:
    ///   - issuer: `iss`; the server's policy must have the same.
    ///   - audience: `aud`, likewise.
    ///   - lifetime: the time until `exp`, rounded up to a second. A negative one makes an expired token, to test
    ///   that it is refused.
    ///   - kid: the key to sign with; nil takes the first that can sign.
    ///   - id: `jti`; nil takes a random one.
    /// - Throws: `CredentialError` where no key has that name, or no verifier would accept the token.
    public func issue(
        subject: Subject, scopes: Set<Scope>, issuer: Issuer? = TokenPolicy.development.issuer,
        audience: Audience? = TokenPolicy.development.audience, lifetime: Duration, kid: KeyID? = nil,
        id: CredentialID? = nil
    ) throws(CredentialError) -> String {
        if let rejection = TokenClaims.rejection(of: subject) {
            throw CredentialError(.invalidToken, "\(rejection): name the owner of the orders")
        }
        if let id, let rejection = TokenClaims.rejection(of: id) {
            throw CredentialError(.invalidToken, "\(rejection): give 1 to \(TokenClaims.maximumIDBytes) bytes")
        }
        let now = clock.unixNanoseconds / 1_000_000_000
        let (whole, rest) = lifetime.components
        let (expires, overflow) = now.addingReportingOverflow(whole)
        guard !overflow, (0..<TokenClaims.latestTime).contains(expires) else {
            throw CredentialError(.invalidToken, "the lifetime ends out of range: choose one of days, not of centuries")
        }
        let claims = Claims(
            iss: issuer, sub: subject, aud: audience, exp: rest > 0 ? expires + 1 : expires, iat: now,
            jti: id ?? CredentialID(Base64URL.encode(randomBytes(16))),
            scope: scopes.map(\.rawValue).sorted().map(\.description).joined(separator: " "))
        return try sign(payload: Self.json(claims), kid: kid)
    }

    /// Signs any payload under any header, for attacks.
    /// - Parameter header: the header's bytes before base64url; nil takes the usual header for the key.
    package func sign(
        header: [UInt8]? = nil, payload: [UInt8], kid: KeyID? = nil
    ) throws(CredentialError) -> String {
        let key = try key(named: kid)
        let proper = Header(alg: key.key.algorithm.rawValue, kid: key.kid, typ: "JWT")
        let input = Base64URL.encode(header ?? Self.json(proper)) + "." + Base64URL.encode(payload)
        guard let signature = key.key.sign(Array(input.utf8)) else {
            throw CredentialError(.noSigningKey, "\(origin): the key does not sign: make it anew")
        }
        return input + "." + Base64URL.encode(signature)
    }

    private func key(named kid: KeyID?) throws(CredentialError) -> NamedKey {
        guard let key = kid == nil ? keys.first : keys.first(where: { $0.kid == kid }) else {
            let names = keys.compactMap(\.kid?.description).joined(separator: ", ")
            throw CredentialError(
                .noSigningKey,
                "\(origin) has no such key that signs: "
                    + (names.isEmpty ? "its key has no name" : "choose of \(names)"))
        }
        return key
    }

    private struct Header: Encodable {
        let alg: String
        let kid: KeyID?
        let typ: String
    }

    private struct Claims: Encodable {
        let iss: Issuer?
        let sub: Subject
        let aud: Audience?
        let exp: Int64
        let iat: Int64
        let jti: CredentialID
        let scope: String
    }

    private static func json(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(value) else {
            preconditionFailure("an object of strings and integers is always encodable")
        }
        return Array(json)
    }
}
