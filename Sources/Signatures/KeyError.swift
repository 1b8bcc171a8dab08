/// Why a key cannot be used. It never contains a part of the key's numbers, which may be secret.
public struct KeyError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        /// A member is missing, or the numbers are not a key.
        case malformed
        /// A size that is not supported.
        case unsupported
        /// OpenSSL lacks the algorithm, or there is no memory.
        case unavailable
    }

    public var code: Code
    /// Which member is wrong, why, and what to do about it.
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
