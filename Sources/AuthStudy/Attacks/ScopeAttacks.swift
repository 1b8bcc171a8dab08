import Authentication
import TransportCore

/// Valid credentials for requests that their scopes do not allow.
enum ScopeAttacks {
    static var all: [Attack] { reading + writing }

    private static let reading: [Attack] =
        [
            ("no scope at all", ""), ("only the scope to publish", "orders:publish"),
            ("a scope that begins like it", "orders:rea"), ("a scope that goes on", "orders:read:all"),
            ("the scope in capitals", "ORDERS:READ"), ("scopes with a tab between them", "x\\torders:read"),
        ].map { name, scope in
            Attack(
                "reading with \(name)", .scope, unless: \.rejectionOfTokens,
                // A subject that may not read does not even get a ticket.
                expects: { $0.isTicket ? [.status(403)] : $0.refusal(403) }
            ) { attacker in
                var draft = attacker.kit.draft()
                draft.set("scope", "\"\(scope)\"")
                return try attacker.present(attacker.kit.sign(draft))
            }
        }

    private static let writing: [Attack] = [
        write("publishing with a token to read", "/orders/{}/updates", "{\"status\":\"Activating\"}"),
        write("a command with a token to read", "/orders/{}/commands", "{\"command\":\"fail\",\"reason\":\"x\"}"),
        write("creating with a token to read", "/orders", "{\"id\":\"planted\"}"),
        write("revoking with a token to read", "/revocations", "{\"subject\":\"mallory\"}"),
        Attack(
            "a command in a message with a token to read", .scope,
            unless: { $0.rejectionOfTokens ?? ($0.isWebSocket ? nil : "the stream takes no message") },
            expects: { _ in [.command(isAccepted: false)] }
        ) { attacker in
            let order = attacker.target.order
            return try attacker.message(
                "{\"type\":\"command\",\"orderId\":\(quoted(order)),\"command\":\"fail\",\"reason\":\"x\"}",
                attacker.credential(attacker.kit.token(scopes: [.read])))
        },
        Attack(
            "a stream renewed with a token that may not read", .scope,
            unless: { $0.isWebSocket ? nil : "the stream takes no message" }, expects: { _ in [.message(403)] }
        ) { attacker in
            let token = try attacker.kit.token(scopes: [.publish])
            return try attacker.message("{\"type\":\"refresh\",\"token\":\(quoted(token))}", attacker.credential())
        },
        Attack(
            "publishing with a certificate", .scope,
            unless: { $0.isMutualTLS ? nil : "the scheme has no certificate" }, expects: { _ in [.status(403)] }
        ) { attacker in
            try attacker.outcome(
                RawRequest(post: "/orders/\(attacker.target.order)/updates", json: "{\"status\":\"Activating\"}"),
                .certificate)
        },
    ]

    private static func write(_ name: String, _ path: String, _ json: String) -> Attack {
        Attack(name, .scope, unless: \.rejectionOfTokens, expects: { _ in [.status(403)] }) { attacker in
            let path = path.split(separator: "{}").joined(separator: attacker.target.order)
            return try attacker.outcome(
                RawRequest(post: path, json: json),
                attacker.sideCredential(attacker.kit.token(scopes: [.read])))
        }
    }
}
