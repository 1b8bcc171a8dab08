import Authentication
import TransportCore

extension Attack {
    /// An attack with an invalid token, which is presented as the scheme presents it, or exchanged for the scheme's
    /// credential.
    static func token(
        _ name: String, _ category: Category, _ make: @escaping @Sendable (CredentialKit) throws -> String
    ) -> Attack {
        Attack(
            name, category, unless: \.rejectionOfTokens, expects: \.tokenRefusal
        ) { attacker in
            try attacker.present(try make(attacker.kit))
        }
    }

    /// The same with a draft that is changed before it is signed with the server's own key.
    static func draft(
        _ name: String, _ category: Category, _ spoil: @escaping @Sendable (inout TokenDraft) -> Void
    ) -> Attack {
        token(name, category) { kit in
            var draft = kit.draft()
            spoil(&draft)
            return try kit.sign(draft)
        }
    }
}

extension AuthTarget {
    var rejectionOfTokens: String? {
        isMutualTLS ? "TLS carries no token; the cell of the bearer header, which this server takes too, has it" : nil
    }
}

extension Attacker {
    /// Presents a token as the scheme does.
    func present(_ token: String) throws -> Outcome {
        do {
            return try open(nil, credential(token))
        } catch let refused as Refused {
            return refused.outcome
        }
    }
}

/// Tokens that are malformed or not signed.
enum TokenAttacks {
    static var all: [Attack] { absent + malformed + unsigned }

    private static let absent: [Attack] = [
        Attack(
            "no credential", .token,
            unless: { $0.takesFirstMessage ? "the credential comes after the upgrade: see the first message" : nil },
            expects: { $0.refusal(401) }
        ) { try $0.open(nil, .none) },
        Attack(
            "garbage for a cookie", .token, unless: { $0.isCookie ? nil : "the scheme has no cookie" },
            expects: { $0.refusal(401) }
        ) { attacker in
            try attacker.open(nil, attacker.cookie("garbage"))
        },
        Attack(
            "a guessed cookie of the right form", .token, unless: { $0.isCookie ? nil : "the scheme has no cookie" },
            expects: { $0.refusal(401) }
        ) { attacker in
            try attacker.open(nil, attacker.cookie(String(repeating: "A", count: 48)))
        },
        Attack(
            "a session's cookie with an altered secret", .token,
            unless: { $0.isCookie ? nil : "the scheme has no cookie" }, expects: { $0.refusal(401) }
        ) { attacker in
            guard case .cookie(_, let value, _, _) = try attacker.credential() else { return .silence }
            return try attacker.open(nil, attacker.cookie(altered(value)))
        },
        Attack(
            "garbage for a ticket", .token, unless: { $0.isTicket ? nil : "the scheme has no ticket" },
            expects: { $0.refusal(401) }
        ) { try $0.open(nil, .ticket("garbage")) },
        Attack(
            "a ticket with an altered secret", .token, unless: { $0.isTicket ? nil : "the scheme has no ticket" },
            expects: { $0.refusal(401) }
        ) { attacker in
            guard case .ticket(let ticket) = try attacker.credential() else { return .silence }
            return try attacker.open(nil, .ticket(altered(ticket)))
        },
        Attack(
            "another scheme of the same header", .token,
            unless: { $0.isBearer ? nil : "the credential is not in the Authorization header" },
            expects: { $0.refusal(401) }
        ) { attacker in
            try attacker.open(nil, .none) { $0.headers.append(("authorization", "Basic YWxpY2U6YWxpY2U=")) }
        },
    ]

    private static let malformed: [Attack] = [
        .token("garbage", .token) { _ in "garbage" },
        .token("dots alone", .token) { _ in ".." },
        .token("two parts", .token) { kit in
            try kit.token().split(separator: ".").dropLast().joined(separator: ".")
        },
        .token("five parts, as if it were encrypted", .token) { kit in try kit.token() + ".AAAA.AAAA" },
        .token("a header that is no JSON", .token) { kit in
            try "bm90IEpTT04." + kit.token().split(separator: ".").dropFirst().joined(separator: ".")
        },
        .token("a header that is an array", .token) { kit in
            try Base64URL.encode(Array("[\"alg\",\"ES256\"]".utf8)) + "."
                + kit.token().split(separator: ".").dropFirst().joined(separator: ".")
        },
        .token("padding after the signature", .token) { kit in try kit.token() + "=" },
        .token("a signature in other letters of the same bytes", .token) { kit in
            // The last letter of 64 bytes has four unused bits.
            let token = try kit.token()
            let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
            guard let last = token.last, let index = letters.firstIndex(of: last) else { return token }
            return token.dropLast() + String(letters[index ^ 1])
        },
        .draft("a header that demands an extension (crit)", .token) {
            $0.header += [("crit", "[\"b64\"]"), ("b64", "false")]
        },
        .draft("alg twice in the header", .token) { $0.header.insert(("alg", "\"none\""), at: 0) },
        .draft("a header without alg", .token) { $0.setHeader("alg", nil) },
        .draft("alg as a number", .token) { $0.setHeader("alg", "256") },
        .draft("arrays a thousand deep", .token) {
            $0.payload = Array((String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)).utf8)
        },
    ]

    private static let unsigned: [Attack] =
        ["none", "None", "NONE", "nOnE", " none", ""].flatMap { spelling in
            [
                Attack.token("alg \"\(spelling)\" without a signature", .token) { kit in
                    var draft = kit.draft()
                    draft.setHeader("alg", quoted(spelling))
                    return draft.unsigned()
                },
                Attack.token("alg \"\(spelling)\" with a signature left over", .token) { kit in
                    var draft = kit.draft()
                    draft.setHeader("alg", quoted(spelling))
                    return draft.unsigned(Base64URL.encode([UInt8](repeating: 7, count: 64)))
                },
            ]
        } + [
            .token("the right alg without a signature", .token) { kit in kit.draft().unsigned() },
            .token("a signature of zeros", .token) { kit in
                kit.draft().unsigned(Base64URL.encode([UInt8](repeating: 0, count: 64)))
            },
            .token("a signature that is cut short", .token) { kit in String(try kit.token().dropLast(4)) },
            .token("the signature of another token", .token) { kit in
                let other = try kit.token(CredentialKit.stranger)
                return kit.draft().unsigned(other.split(separator: ".").last.map(String.init) ?? "")
            },
            .token("the payload of another token", .token) { kit in
                let parts = try kit.token(CredentialKit.stranger).split(separator: ".")
                return "\(parts[0]).\(Base64URL.encode(kit.draft().payloadBytes)).\(parts[2])"
            },
        ]

    /// The same text with one letter of its second half changed.
    private static func altered(_ text: String) -> String {
        var letters = Array(text)
        let index = letters.count - 5
        letters[index] = letters[index] == "A" ? "B" : "A"
        return String(letters)
    }
}

extension Attacker {
    /// A session cookie with this value, under the server's name for it.
    func cookie(_ value: String) -> Credential {
        .cookie(
            name: CookieScheme.cookieName(tls: target.endpoint.tls), value: value, csrfToken: "",
            origin: conditions.allowedOrigin)
    }
}
