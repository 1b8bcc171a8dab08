import Authentication
import Glibc
import LWS

/// Tokens that name, contain or point to a foreign key, or misuse one of the server's keys.
enum KeyAttacks {
    static var all: [Attack] { confused + named + carried }

    private static let confused: [Attack] =
        [
            ("the RS256 key in PEM as the secret of HS256", CredentialKit.Confusion.rsaPEM, CredentialKit.Key.rs256),
            ("the modulus of the RS256 key as the secret of HS256", .rsaModulus, .rs256),
            ("the point of the ES256 key as the secret of HS256", .ellipticPoint, .es256),
        ].map { name, confusion, key in
            Attack.token(name, .key) { kit in
                var draft = kit.draft(key: key)
                draft.setHeader("alg", "\"HS256\"")
                guard let issuer = kit.confused[confusion] else { preconditionFailure("the kit has every confusion") }
                return try issuer.sign(header: draft.headerBytes, payload: draft.payloadBytes)
            }
        } + [
            .token("alg of another key of the server's", .key) { kit in
                var draft = kit.draft(key: .rs256)
                draft.setHeader("alg", "\"ES256\"")
                return try kit.sign(draft, with: .es256)
            },
            .token("the name of another key of the server's", .key) { kit in
                var draft = kit.draft(key: .es256)
                draft.setHeader("kid", "\"doomed\"")
                return try kit.sign(draft, with: .es256)
            },
            .token("a stranger's key under a name of the server's", .key) { kit in
                try kit.sign(kit.draft(key: .es256), with: .impostor)
            },
            .token("a stranger's key under its own name", .key) { kit in
                try kit.sign(kit.draft(key: .impostor), with: .impostor)
            },
        ]

    private static let named: [Attack] =
        [
            ("unknown", quoted("unknown")), ("empty", quoted("")), ("a path", quoted("../../../../../../dev/null")),
            ("an absolute path", quoted("/proc/self/environ")), ("SQL", quoted("es256' OR '1'='1' --")),
            ("SQL that gives a key", quoted("x' UNION SELECT 'AAAA")), ("a command", quoted("es256|/bin/id")),
            ("an address", quoted("http://127.0.0.1/jwks")),
            ("of 3,000 bytes", quoted(String(repeating: "k", count: 3_000))),
            ("with a line feed", quoted("es256\r\nlevel=error forged")), ("with a NUL", quoted("es256\u{0}")),
            ("a number", "1"), ("null", "null"), ("an array", "[\"es256\"]"),
        ].map { name, json in
            Attack.draft("kid: \(name)", .key) { $0.setHeader("kid", json) }
        } + [
            .draft("kid: absent, of several keys", .key) { $0.setHeader("kid", nil) },
            .draft("kid: twice", .key) { $0.header.append(("kid", "\"rs256\"")) },
        ]

    private static let carried: [Attack] = [
        .token("its own key in the header (jwk)", .key) { kit in
            var draft = kit.draft(key: .impostor)
            draft.header.append(("jwk", kit.keys[.impostor]?.verification.json ?? "null"))
            return try kit.sign(draft, with: .impostor)
        },
        .token("its own key in the header, under a name of the server's", .key) { kit in
            var draft = kit.draft(key: .es256)
            draft.header.append(("jwk", kit.keys[.impostor]?.verification.json ?? "null"))
            return try kit.sign(draft, with: .impostor)
        },
        .token("its own certificate in the header (x5c)", .key) { kit in
            var draft = kit.draft(key: .impostor)
            let pem = try SecretFile.read(kit.certificate(.selfSigned).certificate)
            let der = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
            draft.header.append(("x5c", "[\(quoted(der))]"))
            return try kit.sign(draft, with: .impostor)
        },
        pointing("jku"), pointing("x5u"),
    ]

    /// A header that says where to fetch the key. The server must not fetch it.
    private static func pointing(_ member: String) -> Attack {
        Attack(
            "the address of its own key (\(member))", .key, unless: \.rejectionOfTokens, expects: \.tokenRefusal
        ) { attacker in
            let trap = try ListeningSocket(host: "127.0.0.1", port: 0, backlog: 1)
            defer { trap.close() }
            var draft = attacker.kit.draft(key: .impostor)
            draft.header.append((member, quoted("http://127.0.0.1:\(trap.port)/keys")))
            let outcome = try attacker.present(attacker.kit.sign(draft, with: .impostor))
            let visitor = accept(trap.descriptor, nil, nil)
            guard visitor < 0 else {
                close(visitor)
                return .breach("the server went where the token told it to")
            }
            return outcome
        }
    }
}
