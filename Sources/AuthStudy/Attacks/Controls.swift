import OrderUpdates
import TransportCore

/// Good requests, which must pass. Without them, a server that refuses everything would repel every attack.
enum Controls {
    static var all: [Attack] {
        [control("the owner's order") { try $0.open(nil, $0.credential()) }]
            + CredentialKit.Key.allCases.filter { $0 != .impostor && $0 != .doomed }.map { key in
                control("a token of \(key.rawValue)", unless: \.rejectionOfTokens) { attacker in
                    try attacker.open(nil, attacker.credential(attacker.kit.token(key: key)))
                }
            } + [
                control("a page of the allowed origin") { attacker in
                    try attacker.open(nil, attacker.credential().fromNoPage) {
                        $0.set("origin", attacker.conditions.allowedOrigin.description)
                    }
                },
                control("a stranger's own order") { attacker in
                    guard !attacker.target.isMutualTLS else {
                        return try attacker.outcome(
                            attacker.opening(attacker.target.foreignOrder), certificate: .stranger)
                    }
                    let order = attacker.target.foreignOrder
                    return try attacker.open(
                        order, attacker.credential(attacker.kit.token(CredentialKit.stranger), orders: [order]))
                },
                control("the order of an owner whose name is not ASCII") { attacker in
                    let pair = Lookalike.all[0]
                    let order = try attacker.makeOrder(of: pair.attacker)
                    guard !attacker.target.isMutualTLS else {
                        return attacker.outcome(
                            of: try attacker.send(attacker.opening(order), files: attacker.kit.certificate(of: pair)))
                    }
                    return try attacker.open(
                        order, attacker.credential(attacker.kit.token(pair.attacker), orders: [order]))
                },
                control("times with fractions", unless: \.rejectionOfTokens) { attacker in
                    var draft = attacker.kit.draft()
                    for name in ["iat", "exp"] {
                        let seconds = draft.claims.first { $0.name == name }.flatMap { Int64($0.json) } ?? 0
                        draft.set(name, "\(seconds - 1).75")
                    }
                    draft.set("nbf", "0.5")
                    return try attacker.open(nil, attacker.credential(attacker.kit.sign(draft)))
                },
                control("a typ of at+jwt, several audiences", unless: \.rejectionOfTokens) { attacker in
                    var draft = attacker.kit.draft()
                    draft.setHeader("typ", "\"at+jwt\"")
                    let audience = draft.claims.first { $0.name == "aud" }?.json ?? "\"\""
                    draft.set("aud", "[\"other\",\(audience)]")
                    return try attacker.open(nil, attacker.credential(attacker.kit.sign(draft)))
                },
            ]
    }

    private static func control(
        _ name: String, unless rejects: @escaping @Sendable (AuthTarget) -> String? = { _ in nil },
        _ carryOut: @escaping @Sendable (Attacker) throws -> Outcome
    ) -> Attack {
        Attack(name, .control, logLines: 0, unless: rejects, expects: { _ in [.delivered] }, carryOut)
    }
}
