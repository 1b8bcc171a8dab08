import OrderUpdates
import TransportCore

/// What of a token's JOSE header counts (RFC 7515, section 4.1).
///
/// Keys and addresses of keys that a header carries (`jwk`, `jku`, `x5c`, `x5u`) are not even looked at: the only keys
/// are the server's own.
struct TokenHeader {
    let algorithm: String
    let key: KeyID?
    let type: String?
    /// Whether the header names extensions that the reader must understand; we know none (RFC 7515, section 4.1.11).
    let isCritical: Bool

    /// Nil where `alg` is missing, or a member that counts is no string.
    init?(_ members: TokenMembers) {
        let (kid, typ) = (members["kid"], members["typ"])
        guard let algorithm = members["alg"]?.string, kid == nil || kid?.string != nil, typ == nil || typ?.string != nil
        else { return nil }
        self.algorithm = algorithm
        key = kid?.string.map { KeyID($0) }
        type = typ?.string
        isCritical = members["crit"] != nil
    }

    /// Whether the token says that it is an access token, or nothing: tokens made for another purpose (a logout, a
    /// DPoP proof) are signed with the same keys (RFC 8725, section 3.11).
    var isAccessToken: Bool {
        guard var type = type?.lowercased() else { return true }
        if type.hasPrefix("application/") { type.removeFirst("application/".count) }
        return type == "jwt" || type == "at+jwt"
    }
}
