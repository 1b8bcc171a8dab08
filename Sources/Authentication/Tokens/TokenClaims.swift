import OrderUpdates
import TransportCore

/// The claims of an access token, their types and ranges checked (RFC 7519, section 4.1; RFC 8693, section 4.2).
///
/// A claim of the wrong type is a failure, not an absent claim: `"exp": "never"` must not mean a token without an end.
struct TokenClaims: UniqueMembers {
    let subject: Subject
    /// Seconds since 1970; of a time with a fraction (RFC 7519, section 2), those that have passed.
    let expires: Int64
    /// Seconds since 1970; of a time with a fraction, the second after it.
    let notBefore: Int64?
    /// Seconds since 1970, of which a fraction is cut: a revocation of a principal then never misses a token for it.
    let issuedAt: Int64?
    /// `jti`: what a revocation names.
    let id: CredentialID?
    let issuer: Issuer?
    let audiences: [Audience]?
    let scopes: Set<Scope>
    let memberCount: Int

    /// The latest time that a claim may name, in seconds since 1970: the year 2255. Nanoseconds up to there fit an
    /// `Int64`, and times in milliseconds, a common mistake, lie beyond.
    static let latestTime: Int64 = 9_000_000_000

    /// Bytes of a `jti`: it is kept for as long as what it opened.
    static let maximumIDBytes = 256

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: JSONMemberName.self)
        memberCount = members.allKeys.count
        subject = try Self.subject(members)
        guard let expires = try Self.time("exp", .down, members) else { throw Self.failure("the token has no exp") }
        self.expires = expires
        notBefore = try Self.time("nbf", .up, members)
        issuedAt = try Self.time("iat", .down, members)
        id = try Self.id(members)
        issuer = try Self.text("iss", members).map { Issuer($0) }
        audiences = try Self.texts("aud", members)?.map { Audience($0) }
        scopes = try Self.scopes(members)
    }

    private typealias Members = KeyedDecodingContainer<JSONMemberName>

    private static func subject(_ members: Members) throws(AuthenticationFailure) -> Subject {
        guard let subject = try text("sub", members), !subject.isEmpty else { throw failure("the token has no sub") }
        // The subject is written to logs, a line each.
        guard isPrintable(subject) else {
            throw failure("sub holds a control character")
        }
        return Subject(subject)
    }

    private static func id(_ members: Members) throws(AuthenticationFailure) -> CredentialID? {
        guard let id = try text("jti", members) else { return nil }
        guard (1...maximumIDBytes).contains(id.utf8.count) else {
            throw failure("jti has no byte, or more than \(maximumIDBytes)")
        }
        return CredentialID(id)
    }

    /// A NumericDate (RFC 7519, section 2).
    private static func time(
        _ name: JSONMemberName, _ rule: FloatingPointRoundingRule, _ members: Members
    ) throws(AuthenticationFailure) -> Int64? {
        guard members.contains(name) else { return nil }
        // A double is off by less than a microsecond up to `latestTime`, and only where the number has a fraction at all.
        let range = 0...latestTime
        if let seconds = try? members.decode(Int64.self, forKey: name) {
            if range.contains(seconds) { return seconds }
        } else if let seconds = try? members.decode(Double.self, forKey: name) {
            if seconds >= 0, seconds <= Double(latestTime) { return Int64(seconds.rounded(rule)) }
        } else {
            throw failure("\(name.stringValue) is not a number of seconds")
        }
        throw failure("\(name.stringValue) is out of range: seconds since 1970, up to \(latestTime)")
    }

    private static func text(_ name: JSONMemberName, _ members: Members) throws(AuthenticationFailure) -> String? {
        guard members.contains(name) else { return nil }
        guard let text = try? members.decode(String.self, forKey: name) else {
            throw failure("\(name.stringValue) is not a string")
        }
        return text
    }

    /// A string, or an array of them.
    private static func texts(_ name: JSONMemberName, _ members: Members) throws(AuthenticationFailure) -> [String]? {
        guard members.contains(name) else { return nil }
        if let one = try? members.decode(String.self, forKey: name) { return [one] }
        guard let many = try? members.decode([String].self, forKey: name) else {
            throw failure("\(name.stringValue) is neither a string nor an array of strings")
        }
        return many
    }

    /// `scope`, separated by spaces; where it is absent, `scopes`, which may also be an array. Scopes that mean
    /// nothing here are passed over.
    private static func scopes(_ members: Members) throws(AuthenticationFailure) -> Set<Scope> {
        let listed: [String] =
            if let scope = try text("scope", members) { [scope] } else { try texts("scopes", members) ?? [] }
        return Set(
            listed.flatMap { $0.utf8.split(separator: UInt8(ascii: " ")) }.compactMap {
                Scope(rawValue: ScopeName(String(Substring($0))))
            })
    }

    /// Whether the text stays on its line: no control character of Unicode (C0, DEL, C1).
    static func isPrintable(_ text: String) -> Bool {
        !text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
    }

    private static func failure(_ cause: String) -> AuthenticationFailure {
        AuthenticationFailure(.wrongClaims, cause)
    }
}
