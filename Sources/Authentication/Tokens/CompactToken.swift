import Signatures
package import TransportCore

/// The three parts of a signed token, before it is verified (RFC 7515, section 7.1).
package struct CompactToken {
    private let bytes: [UInt8]
    private let headerEnd: Int
    private let payloadEnd: Int

    package init(_ bytes: [UInt8], maximumBytes: Int) throws(AuthenticationFailure) {
        guard bytes.count <= maximumBytes else {
            throw AuthenticationFailure(.malformed, "the token is longer than \(maximumBytes) bytes")
        }
        self.bytes = bytes
        let dot = UInt8(ascii: ".")
        guard let first = bytes.firstIndex(of: dot), let last = bytes.lastIndex(of: dot), first < last,
            !bytes[(first + 1)..<last].contains(dot)
        else { throw AuthenticationFailure(.malformed, "the token is not three parts with dots between them") }
        headerEnd = first
        payloadEnd = last
    }

    var encodedHeader: [UInt8] { Array(bytes[..<headerEnd]) }
    /// The bytes that are signed: header and payload, encoded, with the dot between them.
    var signingInput: ArraySlice<UInt8> { bytes[..<payloadEnd] }
    /// Nil where it is not base64url.
    var signature: [UInt8]? { Base64URL.decode(bytes[(payloadEnd + 1)...]) }

    func header() throws(AuthenticationFailure) -> TokenHeader {
        guard let json = Base64URL.decode(bytes[..<headerEnd]), let members = TokenMembers(json: json),
            let header = TokenHeader(members)
        else {
            throw AuthenticationFailure(
                .malformed, "the header is not a base64url JSON object with an alg and with unique names")
        }
        guard !header.isCritical else {
            throw AuthenticationFailure(.malformed, "the header demands extensions (crit), and none are supported")
        }
        return header
    }

    /// The payload, where a key of the set signed it.
    ///
    /// The header only selects the key. The key alone decides the algorithm, so that neither `none` nor a public key
    /// used as a shared secret can pass (RFC 8725, section 3.1).
    package func verifiedPayload(by keys: KeySet) throws(AuthenticationFailure) -> [UInt8] {
        let header = try header()
        return try verifiedPayload(header, by: Self.key(of: header, in: keys))
    }

    /// The key that the header names.
    static func key(of header: TokenHeader, in keys: KeySet) throws(AuthenticationFailure) -> VerificationKey {
        if let key = keys.key(named: header.key) { return key }
        throw AuthenticationFailure(
            .unknownKey,
            header.key == nil
                ? "the token names no key (kid), and the key set has several"
                : "the token names a key (kid) that the key set does not have")
    }

    func verifiedPayload(_ header: TokenHeader, by key: VerificationKey) throws(AuthenticationFailure) -> [UInt8] {
        guard header.algorithm == key.algorithm.rawValue else {
            throw AuthenticationFailure(
                .badSignature, "the header's alg is not that of the key, which is \(key.algorithm.rawValue)")
        }
        guard header.isAccessToken else {
            throw AuthenticationFailure(.wrongClaims, "typ is neither JWT nor at+jwt")
        }
        guard let signature, let payload = Base64URL.decode(bytes[(headerEnd + 1)..<payloadEnd]) else {
            throw AuthenticationFailure(.malformed, "payload or signature is not base64url")
        }
        guard key.verify(signature, signs: signingInput) else {
            throw AuthenticationFailure(.badSignature, "the signature is not the key's")
        }
        return payload
    }
}
