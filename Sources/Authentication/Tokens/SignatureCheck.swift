package import TransportCore

/// The signature check of one token alone, as the library does it, everything else done beforehand: what a whole verification
/// is measured against.
package struct SignatureCheck {
    private let key: VerificationKey
    private let input: [UInt8]
    private let signature: [UInt8]

    /// - Throws: where the token is none, or names no key of the set.
    package init(of token: String, with keys: KeySet) throws(AuthenticationFailure) {
        let compact = try CompactToken(token, maximumBytes: 64 * 1024)
        key = try CompactToken.key(of: compact.header(), in: keys)
        let bytes = Array(token.utf8)
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), let signature = Base64URL.decode(bytes[(dot + 1)...])
        else { throw AuthenticationFailure(.malformed, "the signature is not base64url") }
        input = Array(bytes[..<dot])
        self.signature = signature
    }

    package func holds() -> Bool { key.verify(signature, signs: input[...]) }
}
