import OrderUpdates
import TransportCore

/// What of a token's JOSE header counts (RFC 7515, section 4.1).
///
/// Keys and addresses of keys that a header carries (`jwk`, `jku`, `x5c`, `x5u`) are not even decoded: the only keys
/// are the server's own.
struct TokenHeader: UniqueMembers {
    let algorithm: String
    let key: KeyID?
    let type: String?
    /// Whether the header names extensions that the reader must understand; we know none (RFC 7515, section 4.1.11).
    let isCritical: Bool
    let memberCount: Int

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: JSONMemberName.self)
        memberCount = members.allKeys.count
        algorithm = try members.decode(String.self, forKey: "alg")
        key = members.contains("kid") ? try KeyID(members.decode(String.self, forKey: "kid")) : nil
        type = members.contains("typ") ? try members.decode(String.self, forKey: "typ") : nil
        isCritical = members.contains("crit")
    }

    /// Whether the token says that it is an access token, or nothing: tokens made for another purpose (a logout, a
    /// DPoP proof) are signed with the same keys (RFC 8725, section 3.11).
    var isAccessToken: Bool {
        guard var type = type?.lowercased() else { return true }
        if type.hasPrefix("application/") { type.removeFirst("application/".count) }
        return type == "jwt" || type == "at+jwt"
    }
}
