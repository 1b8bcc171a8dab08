/// The state with which OpenSSL signs and verifies. It is made for one key, and one thread may use it at a time.
///
/// `@unchecked Sendable`: a thread that takes a context from its pool is the only one to use it until it puts it
/// back.
protocol SignatureContext: AnyObject, Sendable {
    /// - Parameter signature: of the length that the algorithm requires.
    func verify(_ signature: UnsafeBufferPointer<UInt8>, of message: UnsafeBufferPointer<UInt8>) -> Bool
    /// Nil where OpenSSL failed.
    func sign(_ message: UnsafeBufferPointer<UInt8>) -> [UInt8]?
}

/// The purpose of a context of a key pair. OpenSSL prepares it for one of the two.
enum SignaturePurpose {
    case signing, verifying
}
