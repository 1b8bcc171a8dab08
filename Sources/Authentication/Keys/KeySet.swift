public import FoundationEssentials

/// The keys that tokens are verified with: an immutable snapshot that threads may share.
///
/// It contains public keys and shared secrets, never a private key.
public struct KeySet: Sendable, KeySetProvider {
    private var named: [KeyID: VerificationKey] = [:]
    /// The only usable key; a token without a `kid` is verified with it.
    private let sole: VerificationKey?
    private let fingerprints: Set<Int>
    /// The keys for signatures that cannot be used, because they are malformed, or their type, curve, algorithm or
    /// size is not supported.
    public let ignored: [IgnoredKey]

    /// Reads and checks every key, and ignores those that cannot be used (RFC 7517, section 5).
    /// - Parameter environment: the variables for a source that is one.
    /// - Throws: `CredentialError` that names the source, the key's index, and what to do, where no key can be used,
    ///   or two usable keys may have one name.
    public init(
        from source: KeySource, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(CredentialError) {
        try self.init(KeyMaterial(source, environment: environment))
    }

    /// - Parameters:
    ///   - jwks: the bytes of a JWKS file.
    ///   - origin: the name of the source in errors.
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

    /// Whether a key of the set has this fingerprint.
    func holds(_ fingerprint: Int) -> Bool { fingerprints.contains(fingerprint) }

    /// The key with this `kid`; without one, the only key that there is.
    func key(named kid: KeyID?) -> VerificationKey? {
        if let kid { named[kid] } else { sole }
    }
}
