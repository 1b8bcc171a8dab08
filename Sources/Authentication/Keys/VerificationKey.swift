import FoundationEssentials
import JWTKit

/// A key that verifies, and the one algorithm that it does so with.
struct VerificationKey: Sendable {
    let algorithm: SignatureAlgorithm
    /// Tells keys apart within this process, whatever their names: a rotation may give an old name to a new key.
    let fingerprint: Int
    private let implementation: any JWTAlgorithm

    init(_ algorithm: SignatureAlgorithm, fingerprint: Int, _ implementation: any JWTAlgorithm) {
        precondition(implementation.name == algorithm.rawValue, "a key verifies with its own algorithm")
        self.algorithm = algorithm
        self.fingerprint = fingerprint
        self.implementation = implementation
    }

    /// Takes the time that the algorithm takes, on the calling thread; compares in constant time.
    func verify(_ signature: [UInt8], signs input: ArraySlice<UInt8>) -> Bool {
        // The library throws for a signature of the wrong length.
        (try? implementation.verify(signature, signs: input)) ?? false
    }
}
