/// A key that cannot be used, and why: never with a part of its numbers, which may be secret.
public struct KeyError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        /// A member is missing, or the numbers are no key.
        case malformed
        /// A size that is not taken.
        case unsupported
        /// OpenSSL has not got the algorithm, or no memory.
        case unavailable
    }

    public var code: Code
    /// What is wrong with which member, and what to do about it.
    public var message: String
    public var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    static func notAKey(_ algorithm: SignatureAlgorithm, _ cause: String) -> Self {
        Self(.malformed, "its numbers are not a key of type \(algorithm.keyType) (\(cause)): export the key anew")
    }

    static func unavailable(_ function: String) -> Self {
        Self(
            .unavailable,
            "OpenSSL's \(function) failed: see that openssl.cnf of this machine loads the default provider")
    }
}
