import OrderUpdates
import TransportCore

/// The members of a token's JOSE header that are used (RFC 7515, section 4.1).
///
/// Keys and addresses of keys in a header (`jwk`, `jku`, `x5c`, `x5u`) are ignored: the only keys are the server's
/// own.
struct TokenHeader {
    let algorithm: String
    let key: KeyID?
    let type: String?
    /// Whether the header names extensions that the reader must understand. We support none (RFC 7515, section
    /// 4.1.11).
    let isCritical: Bool

    /// Nil where `alg` is missing, or a member that is used is not a string.
    init?(_ members: TokenMembers) {
        let (kid, typ) = (members["kid"], members["typ"])
        guard let algorithm = members["alg"]?.string, kid == nil || kid?.string != nil, typ == nil || typ?.string != nil
        else { return nil }
        self.algorithm = algorithm
        key = kid?.string.map { KeyID($0) }
        type = typ?.string
        isCritical = members["crit"] != nil
    }

    /// Whether the token says that it is an access token, or says nothing. Tokens for other purposes (a logout, a
    /// DPoP proof) are signed with the same keys (RFC 8725, section 3.11).
    var isAccessToken: Bool {
        guard var type = type?.lowercased() else { return true }
        if type.hasPrefix("application/") { type.removeFirst("application/".count) }
        return type == "jwt" || type == "at+jwt"
    }
}
