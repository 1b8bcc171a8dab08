package import TransportCore

/// The signature check of one token, with everything else done in advance. A whole verification is compared with it.
package struct SignatureCheck {
    private let key: VerificationKey
    private let input: ArraySlice<UInt8>
    private let signature: [UInt8]

    /// - Throws: where the text is not a token, or names no key of the set.
    package init(of token: String, with keys: KeySet) throws(AuthenticationFailure) {
        let compact = try CompactToken(Array(token.utf8), maximumBytes: .max)
        key = try CompactToken.key(of: compact.header(), in: keys)
        guard let signature = compact.signature else {
            throw AuthenticationFailure(.malformed, "the signature is not base64url")
        }
        input = compact.signingInput
        self.signature = signature
    }

    package func holds() -> Bool { key.verify(signature, signs: input) }
}
