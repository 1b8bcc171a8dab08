import Signatures

/// A key that verifies, and the one algorithm that it does so with.
struct VerificationKey: Sendable {
    /// Tells keys apart within this process, whatever their names: a rotation may give an old name to a new key.
    let fingerprint: Int
    private let key: VerifyingKey
    var algorithm: SignatureAlgorithm { key.algorithm }

    init(_ key: VerifyingKey, fingerprint: Int) {
        self.key = key
        self.fingerprint = fingerprint
    }

    /// Takes the time that the algorithm takes, on the calling thread; compares in constant time.
    func verify(_ signature: [UInt8], signs input: ArraySlice<UInt8>) -> Bool { key.verify(signature, of: input) }
}
