/// A key that verifies: a public key, or a shared secret.
///
/// Any number of threads may verify with one key at once. It is freed with its last reference.
public final class VerifyingKey: Sendable {
    public let algorithm: SignatureAlgorithm
    private let signatureLength: Int
    private let contexts: ContextPool

    /// - Parameter members: those that the algorithm names. Private members of a key pair are ignored.
    /// - Throws: `KeyError` that names the member.
    public init(_ algorithm: SignatureAlgorithm, _ members: KeyMembers) throws(KeyError) {
        try algorithm.check(members, for: .verifying)
        self.algorithm = algorithm
        contexts = try ContextPool(algorithm, members, for: .verifying)
        signatureLength = algorithm.signatureLength ?? members["n"]?.drop { $0 == 0 }.count ?? 0
    }

    /// Whether the owner of this key signed the message with the key's algorithm.
    ///
    /// The verification runs on the calling thread and takes the algorithm's time; an HMAC is compared in constant
    /// time.
    /// - Parameter signature: in JOSE's form: for ES256, r and s with 32 bytes each. One of another length is not
    ///   valid.
    public func verify(_ signature: [UInt8], of message: ArraySlice<UInt8>) -> Bool {
        guard signature.count == signatureLength else { return false }
        return signature.withUnsafeBufferPointer { signature in
            message.withUnsafeBufferPointer { message in
                contexts.use { $0.verify(signature, of: message) } ?? false
            }
        }
    }
}
