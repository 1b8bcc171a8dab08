import OrderUpdates
import TransportCore

/// Valid credentials of a subject whose name equals the owner's name to people or to Unicode, but not to the issuer.
enum EquivalenceAttacks {
    static var all: [Attack] {
        Lookalike.all.flatMap { pair in
            [
                attack("the order of a namesake", pair, expects: { $0.refusal(403) }) { attacker, order in
                    try attacker.open(order, attacker.credential(of: pair.attacker, for: [order]), of: pair)
                },
                attack("a command on the order of a namesake", pair, expects: { _ in [.status(403)] }) {
                    attacker, order in
                    try attacker.send(
                        RawRequest(
                            post: "/orders/\(order)/commands", json: "{\"command\":\"fail\",\"reason\":\"x\"}"),
                        beside: pair)
                },
                attack("an order created for a namesake", pair, expects: { _ in [.status(403)] }) { attacker, order in
                    try attacker.send(
                        RawRequest(
                            post: "/orders",
                            json: "{\"id\":\"\(order)-2\",\"owner\":\(quoted(pair.victim.description))}"),
                        beside: pair)
                },
                attack(
                    "a stream renewed with a namesake's token", pair,
                    unless: { $0.isWebSocket && !$0.isMutualTLS ? nil : "the stream takes no token in a message" },
                    expects: { _ in [.message(403)] }
                ) { attacker, order in
                    let token = try attacker.kit.token(pair.attacker)
                    return try attacker.message(
                        "{\"type\":\"refresh\",\"token\":\(quoted(token))}",
                        attacker.credential(of: pair.victim, for: [order]), order: order)
                },
            ]
        }
    }

    /// - Parameter carryOut: gets an order of the victim.
    private static func attack(
        _ name: String, _ pair: Lookalike, unless rejects: @escaping @Sendable (AuthTarget) -> String? = { _ in nil },
        expects: @escaping @Sendable (AuthTarget) -> [Outcome],
        _ carryOut: @escaping @Sendable (Attacker, String) throws -> Outcome
    ) -> Attack {
        Attack("\(name): \(pair.difference)", .equivalence, unless: rejects, expects: expects) { attacker in
            try carryOut(attacker, attacker.makeOrder(of: pair.victim))
        }
    }
}

extension Attacker {
    /// Makes an order of the subject, with the subject's own credential.
    func makeOrder(of subject: Subject) throws -> String {
        let order = "made-\(UInt64.random(in: 0...UInt64.max))"
        try create(order, .bearer(kit.token(subject)))
        return order
    }

    fileprivate func credential(of subject: Subject, for orders: [String]) throws -> Credential {
        try credential(kit.token(subject), orders: orders)
    }

    /// Opens an order as the attacker of a pair.
    fileprivate func open(_ order: String, _ credential: Credential, of pair: Lookalike) throws -> Outcome {
        guard target.isMutualTLS else { return try open(order, credential) }
        return try outcome(of: send(opening(order), files: kit.certificate(of: pair)))
    }

    /// Sends a request beside the stream as the attacker of a pair.
    fileprivate func send(_ request: RawRequest, beside pair: Lookalike) throws -> Outcome {
        guard target.isMutualTLS else {
            return try outcome(request, sideCredential(kit.token(pair.attacker)))
        }
        return try outcome(of: send(request, files: kit.certificate(of: pair)))
    }
}
