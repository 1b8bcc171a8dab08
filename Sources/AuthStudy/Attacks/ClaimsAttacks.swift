/// Tokens of the server's own issuer that are for another server, another time or another purpose.
enum ClaimsAttacks {
    static var all: [Attack] { times + parties + shapes }

    private static let times: [Attack] =
        [
            ("expired", "1"), ("expired a minute ago", nil), ("text", "\"9000000000\""), ("negative", "-1"),
            ("a fraction that has passed", "1.5"), ("a negative fraction", "-0.5"), ("huge", "1e300"),
            ("beyond 64 bits", "92233720368547758080"),
            ("in milliseconds", "1900000000000"), ("null", "null"), ("an array", "[8999999999]"), ("true", "true"),
        ].map { name, json in
            Attack.draft("exp: \(name)", .claims) { draft in
                let issued = draft.claims.first { $0.name == "iat" }.flatMap { Int64($0.json) } ?? 0
                draft.set("exp", json ?? "\(issued - 60)")
            }
        } + [
            .draft("exp: absent", .claims) { $0.set("exp", nil) },
            .draft("exp: twice", .claims) { $0.claims.insert(("exp", "1"), at: 0) },
            .draft("nbf: not yet valid", .claims) { $0.set("nbf", "8999999999") },
            .draft("nbf: text", .claims) { $0.set("nbf", "\"0\"") },
            .draft("nbf: not yet valid, with a fraction", .claims) { $0.set("nbf", "8999999998.5") },
            .draft("iat: text", .claims) { $0.set("iat", "\"0\"") },
            .draft("iat: far ahead", .claims) { $0.set("iat", "8999999999") },
        ]

    private static let parties: [Attack] = [
        .draft("iss: in another case", .claims) { $0.set("iss", "\"Tandem\"") },
        .draft("iss: with a zero-width space", .claims) { $0.set("iss", "\"tan\\u200bdem\"") },
        .draft("aud: in another case", .claims) { $0.set("aud", "\"Tandem\"") },
        .draft("aud: with a zero-width space", .claims) { $0.set("aud", "\"tan\\u200bdem\"") },
        .draft("iss: another", .claims) { $0.set("iss", "\"https://evil.example\"") },
        .draft("iss: absent", .claims) { $0.set("iss", nil) },
        .draft("iss: an array with the right one", .claims) { $0.set("iss", "[\"tandem\"]") },
        .draft("iss: with a slash more", .claims) { draft in
            let issuer = draft.claims.first { $0.name == "iss" }?.json ?? "\"\""
            draft.set("iss", String(issuer.dropLast()) + "/\"")
        },
        .draft("aud: another", .claims) { $0.set("aud", "\"https://evil.example\"") },
        .draft("aud: absent", .claims) { $0.set("aud", nil) },
        .draft("aud: several, none of them ours", .claims) { $0.set("aud", "[\"a\",\"b\"]") },
        .draft("aud: an object", .claims) { $0.set("aud", "{\"tandem\":true}") },
        .draft("typ: a logout token", .claims) { $0.setHeader("typ", "\"logout+jwt\"") },
        .draft("typ: a DPoP proof", .claims) { $0.setHeader("typ", "\"dpop+jwt\"") },
        .draft("typ: a number", .claims) { $0.setHeader("typ", "1") },
    ]

    private static let shapes: [Attack] = [
        .draft("sub: absent", .claims) { $0.set("sub", nil) },
        .draft("sub: empty", .claims) { $0.set("sub", "\"\"") },
        .draft("sub: an array", .claims) { $0.set("sub", "[\"alice\"]") },
        .draft("sub: with a line feed", .claims) { $0.set("sub", "\"alice\\nmallory\"") },
        .draft("sub: twice", .claims) { $0.claims.append(("sub", "\"mallory\"")) },
        .draft("sub: twice, once escaped", .claims) { $0.claims.append(("s\\u0075b", "\"mallory\"")) },
        .draft("scope: twice", .claims) { $0.claims.insert(("scope", "\"\""), at: 0) },
        .draft("jti: a number", .claims) { $0.set("jti", "1") },
        .draft("jti: of 1,000 bytes", .claims) { $0.set("jti", quoted(String(repeating: "j", count: 1_000))) },
        .draft("a payload that is an array", .claims) { $0.payload = Array("[\"alice\"]".utf8) },
        .draft("a payload that is no JSON", .claims) { $0.payload = Array("alice".utf8) },
        .draft("an empty payload", .claims) { $0.payload = [] },
        .draft("a payload in UTF-16", .claims) { draft in
            draft.payload = draft.payloadBytes.flatMap { [$0, 0] }
        },
        .draft("a payload with bytes after it", .claims) { draft in
            draft.payload = draft.payloadBytes + Array(" {\"sub\":\"mallory\"}".utf8)
        },
    ]
}
