package import FoundationEssentials
import JWTKit
package import TransportCore

/// What the library itself does with one token: takes it apart, decodes header and claims, checks signature and end. Our own
/// verification is measured against it.
package struct LibraryVerification {
    private struct Claims: JWTPayload {
        var iss: String?
        var sub: String
        var aud: AudienceClaim?
        var exp: ExpirationClaim
        var iat: Int64?
        var jti: String?
        var scope: String?

        func verify(using algorithm: some JWTAlgorithm) throws { try exp.verifyNotExpired() }
    }

    private let parser = DefaultJWTParser()
    private let key: VerificationKey

    /// - Throws: where the token is none, or names no key of the set.
    package init(of token: String, with keys: KeySet) throws(AuthenticationFailure) {
        let compact = try CompactToken(Array(token.utf8), maximumBytes: 64 * 1024)
        key = try CompactToken.key(of: compact.header(), in: keys)
    }

    package func accepts(_ token: Data) -> Bool {
        guard let parts = try? parser.parse(token, as: Claims.self), let dot = token.lastIndex(of: UInt8(ascii: "."))
        else {
            return false
        }
        let input = Array(token[..<dot])
        return key.verify(Array(parts.signature), signs: input[...])
            && (try? parts.payload.exp.verifyNotExpired()) != nil
    }
}
