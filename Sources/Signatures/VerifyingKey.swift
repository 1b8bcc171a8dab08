/// A key that verifies: a public key, or a shared secret.
///
/// Any number of threads may verify with one key at once. It is freed with its last reference.
public final class VerifyingKey: Sendable {
    public let algorithm: SignatureAlgorithm
    private let signatureLength: Int
    private let contexts: ContextPool

    /// - Parameter members: those that the algorithm names; private ones of a key pair are not looked at.
    /// - Throws: `KeyError` that names the member.
    public init(_ algorithm: SignatureAlgorithm, _ members: KeyMembers) throws(KeyError) {
        try algorithm.check(members, for: .verifying)
        self.algorithm = algorithm
        contexts = try ContextPool(algorithm, members, for: .verifying)
        signatureLength = algorithm.signatureLength ?? members["n"]?.drop { $0 == 0 }.count ?? 0
    }

    /// Whether this key's owner signed the message with the key's algorithm.
    ///
    /// Takes the time that the algorithm takes, on the calling thread; an HMAC is compared in constant time.
    /// - Parameter signature: as JOSE has it: of ES256 r and s, 32 bytes each. One of another length is none.
    public func verify(_ signature: [UInt8], of message: ArraySlice<UInt8>) -> Bool {
        guard signature.count == signatureLength else { return false }
        return signature.withUnsafeBufferPointer { signature in
            message.withUnsafeBufferPointer { message in
                contexts.use { $0.verify(signature, of: message) } ?? false
            }
        }
    }
}
