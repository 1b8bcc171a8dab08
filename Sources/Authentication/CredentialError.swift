/// Keys could not be read or made, or a token could not be issued.
public struct CredentialError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        /// The file or the variable is absent, or cannot be read or written.
        case unavailable
        /// Others than the owner may read a file with a secret.
        case permissions
        /// The content is not a key set.
        case malformed
        /// A key whose type, size or algorithm is not supported.
        case unsupported
        /// Two keys with one name, or a key without a name where it needs one.
        case ambiguous
        /// There is no key that can sign.
        case noSigningKey
        /// The file that is to be made exists.
        case exists
        /// Every verifier would refuse the token that was asked for.
        case invalidToken
    }

    public var code: Code
    /// What is wrong, where, and what to do about it; never a secret.
    public var message: String
    public var description: String { message }

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
