package import TransportCore

/// The signature check of one token alone, everything else done beforehand: what a whole verification
/// is measured against.
package struct SignatureCheck {
    private let key: VerificationKey
    private let input: [UInt8]
    private let signature: [UInt8]

    /// - Throws: where the token is none, or names no key of the set.
    package init(of token: String, with keys: KeySet) throws(AuthenticationFailure) {
        let bytes = Array(token.utf8)
        key = try CompactToken.key(of: CompactToken(bytes, maximumBytes: 64 * 1024).header(), in: keys)
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), let signature = Base64URL.decode(bytes[(dot + 1)...])
        else { throw AuthenticationFailure(.malformed, "the signature is not base64url") }
        input = Array(bytes[..<dot])
        self.signature = signature
    }

    package func holds() -> Bool { key.verify(signature, signs: input[...]) }
}
