public import FoundationEssentials

/// The keys that tokens are verified with: an immutable snapshot, free to share between threads.
///
/// It holds public keys and shared secrets, never a private key.
public struct KeySet: Sendable, KeySetProvider {
    private let named: [String: VerificationKey]
    /// The only key of a set, which a token without a `kid` means.
    private let sole: VerificationKey?
    private let fingerprints: Set<Int>

    /// Reads and checks every key.
    /// - Parameter environment: for sources that are variables.
    /// - Throws: `CredentialError` that names the source, the key's index, and what to do.
    public init(
        from source: KeySource, environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws(CredentialError) {
        try await self.init(KeyMaterial(source, environment: environment))
    }

    /// - Parameters:
    ///   - jwks: the text of a JWKS file.
    ///   - origin: how errors name its place.
    /// - Throws: `CredentialError` as above.
    public init(jwks: String, origin: String) async throws(CredentialError) {
        try await self.init(KeyMaterial(jwks: Array(jwks.utf8), origin: origin))
    }

    private init(_ material: KeyMaterial) async throws(CredentialError) {
        var named: [String: VerificationKey] = [:]
        var last: VerificationKey?
        var fingerprints: Set<Int> = []
        for (index, key) in material.keys {
            do throws(JSONWebKey.Flaw) {
                let verification = try await VerificationKey(
                    key.algorithm(), fingerprint: key.fingerprint, key.verifier())
                fingerprints.insert(verification.fingerprint)
                if let kid = key.kid { named[kid] = verification }
                last = verification
            } catch {
                throw material.error(error, at: index)
            }
        }
        self.named = named
        sole = material.keys.count == 1 ? last : nil
        self.fingerprints = fingerprints
    }

    public var current: KeySet { self }

    /// The names of the keys that have one, sorted.
    public var identifiers: [String] { named.keys.sorted() }

    /// Whether the key with this fingerprint is one of the set.
    func holds(_ fingerprint: Int) -> Bool { fingerprints.contains(fingerprint) }

    /// The key with this `kid`; without one, the only key there is.
    func key(named kid: String?) -> VerificationKey? {
        if let kid { named[kid] } else { sole }
    }
}
