/// The algorithms that are taken, by their names in `alg` (RFC 7518, section 3.1; RFC 8037, section 3.1).
///
/// One for each type of key, so that the key decides.
public enum SignatureAlgorithm: String, Hashable, Sendable, CaseIterable {
    case es256 = "ES256"
    case hs256 = "HS256"
    case rs256 = "RS256"
    case eddsa = "EdDSA"

    /// `kty` of its keys.
    var keyType: String {
        switch self {
        case .es256: "EC"
        case .hs256: "oct"
        case .rs256: "RSA"
        case .eddsa: "OKP"
        }
    }

    /// `crv` of its keys, where they have one.
    var curve: String? {
        switch self {
        case .es256: "P-256"
        case .eddsa: "Ed25519"
        case .hs256, .rs256: nil
        }
    }
}
