/// A key that signs: a private key, or a shared secret.
///
/// Any number of threads may sign with one key at once. It is freed with its last reference.
public final class SigningKey: Sendable {
    public let algorithm: SignatureAlgorithm
    private let contexts: ContextPool

    /// Signs once and verifies the result: a private half that belongs to another key would make tokens that nobody
    /// accepts.
    /// - Parameter members: those that the algorithm names, including the private ones.
    /// - Throws: `KeyError` that names the member.
    public init(_ algorithm: SignatureAlgorithm, _ members: KeyMembers) throws(KeyError) {
        try algorithm.check(members, for: .signing)
        if let secret = algorithm.members.first(where: \.isPrivate), members[secret.name] == nil {
            throw KeyError(.malformed, "\(secret.name) is missing, which a key that signs needs")
        }
        let verifying = try VerifyingKey(algorithm, members)
        self.algorithm = algorithm
        contexts = try ContextPool(algorithm, members, for: .signing)
        let probe = Array("probe".utf8)
        guard let signature = sign(probe), verifying.verify(signature, of: probe[...]) else {
            throw KeyError(.malformed, "the private part does not belong to the public part: make the key anew")
        }
    }

    /// The signature in JOSE's form: for ES256, r and s with 32 bytes each. Nil where OpenSSL failed, for example for
    /// lack of memory.
    public func sign(_ message: [UInt8]) -> [UInt8]? {
        message.withUnsafeBufferPointer { message in
            contexts.use { $0.sign(message) } ?? nil
        }
    }
}
