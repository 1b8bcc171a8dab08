/// The algorithms that are supported, by their names in `alg` (RFC 7518, section 3.1; RFC 8037, section 3.1).
///
/// There is one for each type of key, so that the key decides the algorithm.
public enum SignatureAlgorithm: String, Hashable, Sendable, CaseIterable {
    case es256 = "ES256"
    case hs256 = "HS256"
    case rs256 = "RS256"
    case eddsa = "EdDSA"

    /// `kty` of its keys.
    public var keyType: String {
        switch self {
        case .es256: "EC"
        case .hs256: "oct"
        case .rs256: "RSA"
        case .eddsa: "OKP"
        }
    }

    /// `crv` of its keys, where they have one.
    public var curve: String? {
        switch self {
        case .es256: "P-256"
        case .eddsa: "Ed25519"
        case .hs256, .rs256: nil
        }
    }

    /// The members of a JWK that hold its numbers, in the order in which they are checked (RFC 7518, section 6; RFC
    /// 8037, section 2).
    public var members: [KeyMember] {
        switch self {
        case .hs256:
            // RFC 7518, section 3.2: at least as long as the hash.
            [KeyMember("k", 32...1024)]
        case .es256:
            // RFC 7518, section 6.2: always the full length.
            [KeyMember("x", 32...32), KeyMember("y", 32...32), KeyMember(secret: "d", 32...32)]
        case .eddsa:
            [KeyMember("x", 32...32), KeyMember(secret: "d", 32...32)]
        case .rs256:
            // RFC 7518, section 3.3: 2048 bits or more. With more than 8192 bits, a verification would block a loop
            // for milliseconds.
            [KeyMember("n", 256...1024), KeyMember("e", 1...8), KeyMember(secret: "d", 1...1024)]
                + ["p", "q", "dp", "dq", "qi"].map { KeyMember(secret: $0, 1...1024) }
        }
    }

    /// The length of a signature in bytes; nil where it depends on the key.
    var signatureLength: Int? {
        switch self {
        case .hs256: SHA256.length
        case .es256, .eddsa: 64
        case .rs256: nil
        }
    }

    /// - Throws: `KeyError` that names the first member that is missing or has an invalid length. Private members are
    ///   checked for signing only, and may otherwise be missing.
    func check(_ given: KeyMembers, for purpose: SignaturePurpose) throws(KeyError) {
        for member in members where purpose == .signing || !member.isPrivate {
            guard let value = given[member.name] else {
                if member.isPrivate { continue }
                throw KeyError(.malformed, "\(member.name) is missing, which a key of type \(keyType) needs")
            }
            guard member.bytes.contains(value.count) else {
                let (least, most) = (member.bytes.lowerBound, member.bytes.upperBound)
                throw KeyError(
                    .unsupported,
                    "\(member.name) has \(value.count) bytes and should have \(least == most ? "" : "\(least) to ")\(most): "
                        + "make a key of the right size")
            }
        }
    }
}
