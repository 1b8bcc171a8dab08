public import FoundationEssentials

/// The keys that tokens are verified with: an immutable snapshot, free to share between threads.
///
/// It holds public keys and shared secrets, never a private key.
public struct KeySet: Sendable, KeySetProvider {
    private var named: [KeyID: VerificationKey] = [:]
    /// The only key that can be used, which a token without a `kid` means.
    private let sole: VerificationKey?
    private let fingerprints: Set<Int>
    /// The keys for signatures that cannot be used: of a type, curve, algorithm or size that is not taken, or malformed.
    public let ignored: [IgnoredKey]

    /// Reads and checks every key, and leaves out those that cannot be used (RFC 7517, section 5).
    /// - Parameter environment: for sources that are variables.
    /// - Throws: `CredentialError` that names the source, the key's index, and what to do: where no key can be used, or two that can
    ///   have one name.
    public init(
        from source: KeySource, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(CredentialError) {
        try self.init(KeyMaterial(source, environment: environment))
    }

    /// - Parameters:
    ///   - jwks: the bytes of a JWKS file.
    ///   - origin: how errors name its place.
    /// - Throws: `CredentialError` as above.
    public init(jwks: [UInt8], origin: String) throws(CredentialError) {
        try self.init(KeyMaterial(jwks: jwks, origin: origin))
    }

    private init(_ material: KeyMaterial) throws(CredentialError) {
        var used: [(index: Int, key: JSONWebKey)] = []
        var keys: [VerificationKey] = []
        var rejections: [(index: Int, rejection: JSONWebKey.Rejection)] = []
        var ignored: [IgnoredKey] = []
        for (index, key) in material.keys {
            do throws(JSONWebKey.Rejection) {
                keys.append(VerificationKey(try key.verifier(), fingerprint: key.fingerprint))
                used.append((index, key))
            } catch {
                rejections.append((index, error))
                ignored.append(IgnoredKey(index: index, kid: key.kid, reason: error.message))
            }
        }
        guard !keys.isEmpty else { throw material.error(rejections) }
        try material.checkNames(of: used)
        for (use, key) in zip(used, keys) { if let kid = use.key.kid { named[kid] = key } }
        sole = keys.count == 1 ? keys.first : nil
        fingerprints = Set(keys.map(\.fingerprint))
        self.ignored = ignored
    }

    public var current: KeySet { self }

    /// The names of the keys that have one, sorted.
    public var identifiers: [KeyID] { named.keys.sorted() }

    /// Whether the key with this fingerprint is one of the set.
    func holds(_ fingerprint: Int) -> Bool { fingerprints.contains(fingerprint) }

    /// The key with this `kid`; without one, the only key there is.
    func key(named kid: KeyID?) -> VerificationKey? {
        if let kid { named[kid] } else { sole }
    }
}
