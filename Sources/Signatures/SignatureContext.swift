/// What OpenSSL signs and verifies with: made for one key, and for one thread at a time.
///
/// `@unchecked Sendable`: whoever takes a context from its pool has it alone until it is put back.
protocol SignatureContext: AnyObject, Sendable {
    /// - Parameter signature: of the right length.
    func verify(_ signature: UnsafeBufferPointer<UInt8>, of message: UnsafeBufferPointer<UInt8>) -> Bool
    /// Nil where OpenSSL failed.
    func sign(_ message: UnsafeBufferPointer<UInt8>) -> [UInt8]?
}

/// What a context of a key pair is made for: OpenSSL prepares it for one of the two.
enum SignaturePurpose {
    case signing, verifying
}
