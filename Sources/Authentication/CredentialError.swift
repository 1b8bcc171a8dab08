/// Keys could not be read or made, or a token could not be issued.
public struct CredentialError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        /// The file or the variable is absent, or cannot be read or written.
        case unavailable
        /// Others than the owner may read a file with a secret.
        case permissions
        /// The content is no key set.
        case malformed
        /// A key of a type, size or algorithm that is not taken.
        case unsupported
        /// Two keys with one name, or a key that needs a name and has none.
        case ambiguous
        /// There is no key that could sign.
        case noSigningKey
        /// The file to be made is there.
        case exists
        /// The token asked for would be refused by every verifier.
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
