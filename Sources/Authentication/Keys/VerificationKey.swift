import Signatures

/// A key that verifies, with its one algorithm.
struct VerificationKey: Sendable {
    /// Distinguishes keys within this process, whatever their names: a rotation may reuse a name for a new key.
    let fingerprint: Int
    private let key: VerifyingKey
    var algorithm: SignatureAlgorithm { key.algorithm }

    init(_ key: VerifyingKey, fingerprint: Int) {
        self.key = key
        self.fingerprint = fingerprint
    }

    /// Runs on the calling thread and takes the algorithm's time. Compares in constant time.
    func verify(_ signature: [UInt8], signs input: ArraySlice<UInt8>) -> Bool { key.verify(signature, of: input) }
}
