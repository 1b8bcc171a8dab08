/// A key as it stands in a file (RFC 7517, section 4; RFC 7518, section 6). Members that are not named here are ignored.
struct JSONWebKey: Codable {
    var kty: String
    var kid: String?
    var alg: String?
    var use: String?
    var operations: [String]?
    var crv: String?
    var x: String?
    var y: String?
    var n: String?
    var e: String?
    /// The private part of EC, OKP and RSA keys.
    var d: String?
    var p: String?
    var q: String?
    /// The secret of `oct` keys.
    var k: String?

    enum CodingKeys: String, CodingKey {
        case kty, kid, alg, use, crv, x, y, n, e, d, p, q, k
        case operations = "key_ops"
    }

    init(kty: String) { self.kty = kty }

    /// Whether reading the key is enough to sign with it.
    var isSecret: Bool { d != nil || k != nil }

    /// Whether the key serves signatures at all: identity providers publish their keys for encryption in the same set
    /// (RFC 7517, sections 4.2 and 4.3).
    var isForSignatures: Bool {
        if let use, use != "sig" { return false }
        if let operations { return operations.contains("verify") || operations.contains("sign") }
        return true
    }

    /// A digest of the name and of what verifies, with this process's own seed.
    var fingerprint: Int {
        var hasher = Hasher()
        for member in [kty, kid, crv, x, y, n, e, k] { hasher.combine(member) }
        return hasher.finalize()
    }

    /// The key without its private part; nil where it has no public part.
    var publicPart: JSONWebKey? {
        guard kty != SignatureAlgorithm.hs256.keyType else { return nil }
        var key = self
        (key.d, key.p, key.q, key.k) = (nil, nil, nil, nil)
        key.operations = nil
        return key
    }
}
