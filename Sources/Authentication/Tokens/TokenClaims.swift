import OrderUpdates
import TransportCore

/// The claims of an access token, with their types and ranges checked (RFC 7519, section 4.1; RFC 8693, section 4.2).
///
/// A claim of the wrong type is an error and not an absent claim: `"exp": "never"` must not make a token without an
/// end.
struct TokenClaims {
    let subject: Subject
    /// Seconds since 1970. A fraction (RFC 7519, section 2) is rounded down.
    let expires: Int64
    /// Seconds since 1970. A fraction is rounded up.
    let notBefore: Int64?
    /// Seconds since 1970. A fraction is rounded down, so that a revocation of a subject never misses one of its
    /// tokens.
    let issuedAt: Int64?
    /// `jti`, which a revocation names.
    let id: CredentialID?
    let issuer: Issuer?
    let audiences: [Audience]?
    let scopes: Set<Scope>

    /// The latest time that a claim may have, in seconds since 1970: the year 2255. Nanoseconds up to then fit an
    /// `Int64`, and times in milliseconds, a common mistake, are beyond it.
    static let latestTime: Int64 = 9_000_000_000

    /// The maximum length of a `jti` in bytes. It is stored for as long as the streams that the token opened.
    static let maximumIDBytes = 256

    init(_ members: TokenMembers) throws(AuthenticationFailure) {
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

    private static func subject(_ members: TokenMembers) throws(AuthenticationFailure) -> Subject {
        let subject = Subject(try text("sub", members) ?? "")
        if let rejection = rejection(of: subject) { throw failure(rejection) }
        return subject
    }

    private static func id(_ members: TokenMembers) throws(AuthenticationFailure) -> CredentialID? {
        guard let name = try text("jti", members) else { return nil }
        let id = CredentialID(name)
        if let rejection = rejection(of: id) { throw failure(rejection) }
        return id
    }

    /// Why a token cannot have this subject; nil where it can.
    static func rejection(of subject: Subject) -> String? {
        if subject.isEmpty { return "the token has no sub" }
        // The subject is written to logs, which have one line for each event.
        return isPrintable(subject.description) ? nil : "sub holds a control character"
    }

    /// Why a token cannot have this `jti`; nil where it can.
    static func rejection(of id: CredentialID) -> String? {
        (1...maximumIDBytes).contains(id.utf8.count) ? nil : "jti has no byte, or more than \(maximumIDBytes)"
    }

    /// A NumericDate (RFC 7519, section 2).
    private static func time(
        _ name: String, _ rule: FloatingPointRoundingRule, _ members: TokenMembers
    ) throws(AuthenticationFailure) -> Int64? {
        guard let value = members[name] else { return nil }
        guard let seconds = value.number else { throw failure("\(name) is not a number of seconds") }
        // Up to `latestTime` a double represents each whole second exactly, and is off by less than a microsecond
        // between them.
        guard seconds >= 0, seconds <= Double(latestTime) else {
            throw failure("\(name) is out of range: seconds since 1970, up to \(latestTime)")
        }
        return Int64(seconds.rounded(rule))
    }

    private static func text(_ name: String, _ members: TokenMembers) throws(AuthenticationFailure) -> String? {
        guard let value = members[name] else { return nil }
        guard let text = value.string else { throw failure("\(name) is not a string") }
        return text
    }

    /// A string, or an array of strings.
    private static func texts(_ name: String, _ members: TokenMembers) throws(AuthenticationFailure) -> [String]? {
        guard let value = members[name] else { return nil }
        guard let texts = value.strings else { throw failure("\(name) is neither a string nor an array of strings") }
        return texts
    }

    /// `scope`, separated by spaces; where it is absent, `scopes`, which may also be an array. Unknown scopes are
    /// ignored.
    private static func scopes(_ members: TokenMembers) throws(AuthenticationFailure) -> Set<Scope> {
        let listed: [String] =
            if let scope = try text("scope", members) { [scope] } else { try texts("scopes", members) ?? [] }
        return Set(
            listed.flatMap { $0.utf8.split(separator: UInt8(ascii: " ")) }.compactMap {
                Scope(rawValue: ScopeName(String(Substring($0))))
            })
    }

    /// Whether the text has no control character of Unicode (C0, DEL, C1), so that it stays on one line of a log.
    static func isPrintable(_ text: String) -> Bool {
        !text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
    }

    private static func failure(_ cause: String) -> AuthenticationFailure {
        AuthenticationFailure(.wrongClaims, cause)
    }
}
