public import Authentication
import Clocks
public import LWS
public import OrderUpdates
public import TransportCore

/// Keys, tokens and certificates for one server under study, valid and invalid ones, in a folder that only its owner
/// can enter.
///
/// The caller that made its parent removes the folder.
public struct CredentialKit: Sendable {
    /// The key that a token is signed with. All belong to the server except `impostor`.
    public enum Key: String, Sendable, CaseIterable {
        case es256, hs256, rs256, eddsa
        /// A key of the server's that an attack removes.
        case doomed
        /// A key that the server does not have.
        case impostor

        /// One key for each algorithm that servers accept.
        public static let algorithms: [Self] = [.es256, .eddsa, .rs256, .hs256]

        /// Its name in RFC 7518, section 3.1, or RFC 8037.
        public var algorithm: String {
            switch self {
            case .es256, .doomed, .impostor: "ES256"
            case .hs256: "HS256"
            case .rs256: "RS256"
            case .eddsa: "EdDSA"
            }
        }
    }

    /// A token with its name in a revocation.
    public struct Token: Hashable, Sendable {
        public var text: String
        public var id: CredentialID
        /// Seconds since 1970.
        public var expires: Int64
    }

    /// The encoding of a public key that is used as the secret of an HMAC.
    enum Confusion: String {
        case rsaPEM, rsaModulus, ellipticPoint
    }

    /// A client certificate.
    public enum Certificate: String, Sendable, CaseIterable {
        /// The certificate of `owner`.
        case good
        /// The certificate of `stranger`.
        case stranger
        /// In the owner's name, from an authority that the server does not know.
        case untrusted
        /// In the owner's name, from the authority of the server's own certificate.
        case serverAuthority = "server-authority"
        case selfSigned = "self-signed"
        case expired
        /// Names the owner and the stranger.
        case twoNames = "two-names"
        /// Has a line feed in its name.
        case controlCharacter = "control-character"
        /// Has no common name.
        case nameless
    }

    /// The owner of `AuthTarget.order`.
    public static let owner: Subject = "alice"
    public static let stranger: Subject = "mallory"

    public let folder: String
    /// The server's JWKS file. Its mode is 0600, because it contains the secret of HS256.
    public let verificationKeys: String
    /// The certificate for 127.0.0.1, with PEM files of its authority and of the clients' authority.
    public let serverCertificate: RawTLS.Certificate
    public let authority: String
    public let clientAuthority: String
    /// The policy that the server must have.
    public let policy: TokenPolicy

    let keys: [Key: JSONWebKeyText]
    let issuers: [Key: TokenIssuer]
    /// Issuers that sign with a public key of the server's as if it were a shared secret, which anybody could do.
    let confused: [Confusion: TokenIssuer]
    private let certificates: String

    /// Makes the folder and its contents, which takes about a second.
    /// - Throws: `CredentialError` where the folder exists, or `openssl` is missing or fails.
    public init(in folder: String, policy: TokenPolicy = .development) async throws {
        try SecretFile.makeFolder(folder)
        self.folder = folder
        self.policy = policy
        certificates = folder
        let material = try await KeyMaking.make(in: folder)
        keys = material.keys
        var issuers: [Key: TokenIssuer] = [:]
        for (name, key) in keys {
            issuers[name] = try TokenIssuer(jwks: JSONWebKeyText.set([key]), origin: name.rawValue)
        }
        self.issuers = issuers
        var confused: [Confusion: TokenIssuer] = [:]
        for (name, secret) in try material.confusions {
            let key = JSONWebKeyText(members: [("kty", "oct"), ("kid", "confused"), ("k", Base64URL.encode(secret))])
            confused[name] = try TokenIssuer(jwks: JSONWebKeyText.set([key]), origin: name.rawValue)
        }
        self.confused = confused
        try await CertificateMaking.make(in: folder)
        serverCertificate = CertificateMaking.files("server", in: folder)
        authority = folder + "/authority.pem"
        clientAuthority = folder + "/clients.pem"
        verificationKeys = folder + "/server.jwks"
        try restoreKeys()
    }

    /// A kit for another server: the same keys and certificates, with its own file of verification keys.
    public init(copying other: CredentialKit, in folder: String) throws {
        try SecretFile.makeFolder(folder)
        self.folder = folder
        (policy, keys, issuers, confused) = (other.policy, other.keys, other.issuers, other.confused)
        (certificates, serverCertificate) = (other.certificates, other.serverCertificate)
        (authority, clientAuthority) = (other.authority, other.clientAuthority)
        verificationKeys = folder + "/server.jwks"
        try restoreKeys()
    }

    public func certificate(_ name: Certificate) -> RawTLS.Certificate {
        CertificateMaking.files(name.rawValue, in: certificates)
    }

    /// A certificate of the clients' authority, in the name of a pair's attacker.
    func certificate(of pair: Lookalike) -> RawTLS.Certificate {
        CertificateMaking.files(pair.certificate, in: certificates)
    }

    /// A certificate of the clients' authority for `owner`, with its own serial number.
    /// - Parameter lifetime: the time until its end, in whole seconds.
    public func makeCertificate(lifetime: Duration) async throws -> IssuedCertificate {
        try await CertificateMaking.issue(
            subject: Self.owner, lifetime: lifetime, in: certificates, to: folder)
    }

    /// The server's own certificate.
    /// - Parameter asksClients: whether the server asks clients for certificates, as the scheme `mtls` requires.
    public func tls(asksClients: Bool) -> ServerConfiguration.TLSFiles {
        ServerConfiguration.TLSFiles(
            certificate: serverCertificate.certificate, key: serverCertificate.key,
            clientAuthorities: asksClients ? clientAuthority : nil)
    }

    // MARK: The server's keys

    /// Restores every key of the server's. A server that follows the file has them after its next look.
    public func restoreKeys() throws {
        try writeKeys(without: [.impostor])
    }

    /// Removes a key from the server's.
    public func remove(_ key: Key) throws {
        try writeKeys(without: [.impostor, key])
    }

    private func writeKeys(without missing: Set<Key>) throws {
        let present = Key.allCases.filter { !missing.contains($0) }.compactMap { keys[$0]?.verification }
        try SecretFile.write(JSONWebKeyText.set(present), to: verificationKeys)
    }

    // MARK: Tokens

    /// A token that a server with the kit's settings accepts.
    public func token(
        _ subject: Subject = Self.owner, scopes: Set<Scope> = [.read, .command], lifetime: Duration = .seconds(3600),
        key: Key = .es256
    ) throws -> String {
        guard let issuer = issuers[key] else { preconditionFailure("the kit has every key") }
        return try issuer.issue(
            subject: subject, scopes: scopes, issuer: policy.issuer, audience: policy.audience, lifetime: lifetime)
    }

    /// A token that ends at a given second and can be revoked.
    /// - Parameter expires: seconds since 1970; nil for an hour from now.
    public func namedToken(
        _ subject: Subject = Self.owner, scopes: Set<Scope> = [.read], expires: Int64? = nil, key: Key = .es256
    ) throws -> Token {
        let names = scopes.map(\.rawValue).sorted().map(\.description).joined(separator: " ")
        var draft = draft(subject, scopes: names, key: key)
        let id = CredentialID("study-\(UInt64.random(in: 0...UInt64.max))")
        let end = expires ?? MonotonicClock().unixNanoseconds / 1_000_000_000 + 3600
        draft.set("jti", quoted(id.description))
        draft.set("exp", "\(end)")
        return Token(text: try sign(draft, with: key), id: id, expires: end)
    }

    /// The parts of such a token, to be changed before it is signed.
    func draft(_ subject: Subject = Self.owner, scopes: String = "orders:read orders:command", key: Key = .es256)
        -> TokenDraft
    {
        let now = MonotonicClock().unixNanoseconds / 1_000_000_000
        var draft = TokenDraft(
            header: [
                ("alg", quoted(keys[key]?["alg"] ?? "")), ("kid", quoted(keys[key]?["kid"] ?? "")), ("typ", "\"JWT\""),
            ],
            claims: [
                ("sub", quoted(subject.description)), ("iat", "\(now)"), ("exp", "\(now + 3600)"),
                ("scope", quoted(scopes)),
                ("jti", quoted("study-\(UInt64.random(in: 0...UInt64.max))")),
            ])
        if let issuer = policy.issuer { draft.claims.append(("iss", quoted(issuer.description))) }
        if let audience = policy.audience { draft.claims.append(("aud", quoted(audience.description))) }
        return draft
    }

    func sign(_ draft: TokenDraft, with key: Key = .es256) throws -> String {
        guard let issuer = issuers[key] else { preconditionFailure("the kit has every key") }
        return try issuer.sign(header: draft.headerBytes, payload: draft.payloadBytes)
    }
}
