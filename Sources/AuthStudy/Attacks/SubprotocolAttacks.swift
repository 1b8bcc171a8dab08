import TransportCore

/// Invalid lists of subprotocols.
enum SubprotocolAttacks {
    static var all: [Attack] { smuggled + [elsewhere] }

    private static let smuggled: [Attack] = [
        subprotocol("the token alone, without a subprotocol to speak", 400) { "bearer.\($0)" },
        subprotocol("a subprotocol that is not spoken", 400) { "chat, bearer.\($0)" },
        subprotocol("the prefix in capitals", 401) { "order-updates.v1, BEARER.\($0)" },
        subprotocol("the prefix without a token", 401) { _ in "order-updates.v1, bearer." },
        subprotocol("the token as a name of its own", 401) { "order-updates.v1, bearer, \($0)" },
        subprotocol("a parameter after the token", 401) { "order-updates.v1, bearer.\($0);x=1" },
        subprotocol("a space within the token", 401) { token in
            "order-updates.v1, bearer.\(token.prefix(20)) \(token.dropFirst(20))"
        },
        subprotocol("the token in quotes", 401) { "order-updates.v1, bearer.\"\($0)\"" },
        subprotocol("a second, empty token", 400) { "order-updates.v1, bearer.\($0), bearer." },
    ]

    private static func subprotocol(
        _ name: String, _ status: Int, _ field: @escaping @Sendable (String) -> String
    ) -> Attack {
        Attack(
            name, .subprotocol, unless: { $0.isSubprotocol ? nil : "the credential is no subprotocol" },
            expects: { $0.handshakeRefusal(status) }
        ) { attacker in
            let token = try attacker.kit.token()
            attacker.conceal(token)
            return try attacker.open(nil, .none) { $0.set("sec-websocket-protocol", field(token)) }
        }
    }

    private static let elsewhere = Attack(
        "the token as a subprotocol of a request that opens no WebSocket", .subprotocol,
        unless: { $0.isSubprotocol ? nil : "the credential is no subprotocol" }, expects: { _ in [.status(401)] }
    ) { attacker in
        var request = RawRequest("GET", "/orders/\(attacker.target.order)")
        request.headers.append(("sec-websocket-protocol", "order-updates.v1, bearer.\(try attacker.kit.token())"))
        return try attacker.outcome(request)
    }
}
