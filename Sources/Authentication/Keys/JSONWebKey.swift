import OrderUpdates
import Signatures

/// A key in a set (RFC 7517, section 4; RFC 8037, section 2). Members that are not named here are ignored.
///
/// Every JSON object can be read, so that a wrong key is rejected alone, and not the set that contains it.
struct JSONWebKey: Codable {
    var kty: String?
    var kid: KeyID?
    var alg: String?
    var use: String?
    var operations: [String]?
    var crv: String?
    /// Its numbers by their names, in base64url.
    var numbers: [String: String] = [:]
    /// The first member whose value has the wrong type.
    private(set) var mistyped: String?
    /// Whether it contains a secret. This includes keys of types that are not supported.
    private(set) var isSecret = false

    private static let numberNames = names { _ in true }
    /// The numbers that verify; of a shared secret, all.
    private static let verifyingNames = names { !$0.isPrivate }
    /// Besides the private numbers: RFC 7518, sections 6.3.2.7 and 6.4.1; `priv` is the secret of key types that are
    /// newer than RFC 7518.
    private static let secretNames = names(where: \.isPrivate) + ["oth", "k", "priv"]

    /// The names of the numbers of all supported algorithms, sorted.
    private static func names(where isMeant: (KeyMember) -> Bool) -> [String] {
        Set(SignatureAlgorithm.allCases.flatMap(\.members).filter(isMeant).map(\.name)).sorted()
    }

    init(_ algorithm: SignatureAlgorithm, kid: KeyID, _ numbers: KeyMembers) {
        (kty, self.kid, alg, use, crv) = (algorithm.keyType, kid, algorithm.rawValue, "sig", algorithm.curve)
        self.numbers = numbers.mapValues { Base64URL.encode($0) }
        isSecret = true
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: JSONMemberName.self)
        isSecret = Self.secretNames.contains { members.contains(JSONMemberName(stringValue: $0)) }
        func value<Value: Decodable>(_ name: JSONMemberName, _ type: Value.Type = Value.self) -> Value? {
            do {
                return try members.decodeIfPresent(type, forKey: name)
            } catch {
                mistyped = mistyped ?? name.stringValue
                return nil
            }
        }
        kty = value("kty")
        kid = value("kid")
        alg = value("alg")
        use = value("use")
        operations = value("key_ops")
        crv = value("crv")
        for name in Self.numberNames { numbers[name] = value(JSONMemberName(stringValue: name)) }
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: JSONMemberName.self)
        for (name, text) in [("kty", kty), ("kid", kid?.description), ("alg", alg), ("use", use), ("crv", crv)] {
            try members.encodeIfPresent(text, forKey: JSONMemberName(stringValue: name))
        }
        try members.encodeIfPresent(operations, forKey: "key_ops")
        for (name, number) in numbers { try members.encode(number, forKey: JSONMemberName(stringValue: name)) }
    }

    /// Whether it can sign: it has a private half of a supported type, or is a shared secret.
    var signs: Bool { numbers["d"] != nil || numbers["k"] != nil }

    /// Whether the key is for signatures. Identity providers publish their encryption keys in the same set (RFC 7517,
    /// sections 4.2 and 4.3).
    var isForSignatures: Bool {
        if let use, use != "sig" { return false }
        if let operations { return operations.contains("verify") || operations.contains("sign") }
        return true
    }

    /// A digest of the name and the public numbers, with this process's own seed.
    var fingerprint: Int {
        var hasher = Hasher()
        hasher.combine(kid)
        for member in [kty, crv] { hasher.combine(member) }
        for name in Self.verifyingNames { hasher.combine(numbers[name]) }
        return hasher.finalize()
    }

    /// The key without its private half; nil where it has no public half.
    var publicPart: JSONWebKey? {
        guard kty != SignatureAlgorithm.hs256.keyType else { return nil }
        var key = self
        for name in Self.secretNames { key.numbers[name] = nil }
        key.operations = nil
        key.isSecret = false
        return key
    }
}
