import Authentication
import FoundationEssentials

/// Reads the numbers from a key file of `openssl` (RFC 8017, appendix A.1.2; RFC 8410, section 7), for a JSON Web
/// Key.
enum KeyNumbers {
    /// The private and the public members of an RSA key in PKCS #1.
    static func rsa(pem: String, kid: String) throws(CredentialError) -> JSONWebKeyText {
        var der = try bytes(pem: pem)[...]
        guard open(&der, 0x30) != nil else { throw malformed }
        var numbers: [[UInt8]] = []
        while let number = open(&der, 0x02) { numbers.append(Array(number.drop { $0 == 0 })) }
        // version, n, e, d, p, q, dp, dq, qi.
        guard numbers.count >= 9 else { throw malformed }
        let names = ["n", "e", "d", "p", "q", "dp", "dq", "qi"]
        var members = [("kty", "RSA"), ("kid", kid), ("alg", "RS256")]
        for (name, number) in zip(names, numbers.dropFirst()) { members.append((name, Base64URL.encode(number))) }
        return JSONWebKeyText(members: members)
    }

    /// An Ed25519 key in PKCS #8, and its public half in X.509's form. Each ends with its 32 bytes.
    static func ed25519(privatePEM: String, publicPEM: String, kid: String) throws(CredentialError) -> JSONWebKeyText {
        let (secret, open) = (try bytes(pem: privatePEM), try bytes(pem: publicPEM))
        guard secret.count == 48, open.count == 44 else { throw malformed }
        return JSONWebKeyText(members: [
            ("kty", "OKP"), ("kid", kid), ("alg", "EdDSA"), ("crv", "Ed25519"),
            ("x", Base64URL.encode(open.suffix(32))), ("d", Base64URL.encode(secret.suffix(32))),
        ])
    }

    private static var malformed: CredentialError {
        CredentialError(.malformed, "openssl wrote a key in a form that is not known here: use OpenSSL 3")
    }

    private static func bytes(pem: String) throws(CredentialError) -> [UInt8] {
        let base64 = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
        guard let data = Data(base64Encoded: base64) else { throw malformed }
        return Array(data)
    }

    /// Opens a value with this tag (X.690, section 8.1): reading continues inside a sequence, and a number is
    /// removed.
    private static func open(_ der: inout ArraySlice<UInt8>, _ tag: UInt8) -> ArraySlice<UInt8>? {
        guard der.first == tag else { return nil }
        der = der.dropFirst()
        guard var length = der.popFirst().map(Int.init) else { return nil }
        if length >= 0x80 {
            let digits = der.prefix(length & 0x7F)
            der = der.dropFirst(digits.count)
            length = digits.reduce(0) { $0 << 8 | Int($1) }
        }
        guard der.count >= length else { return nil }
        let content = der.prefix(length)
        if tag != 0x30 { der = der.dropFirst(length) }
        return content
    }
}
