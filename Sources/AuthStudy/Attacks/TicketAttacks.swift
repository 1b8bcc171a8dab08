import Clocks
import TransportCore

/// Tickets that are used for something else, or more than once.
enum TicketAttacks {
    static var all: [Attack] {
        [
            ticket("used twice") { attacker in
                let credential = try attacker.credential()
                let first = try attacker.open(nil, credential)
                guard first == .delivered else { return first }
                return try attacker.open(nil, credential)
            },
            ticket("for another order of the same owner's") { attacker in
                try attacker.open(nil, attacker.credential(orders: ["another-order"]))
            },
            ticket("for one order, used for another's") { attacker in
                try attacker.open(attacker.target.foreignOrder, attacker.credential())
            },
            ticket("for a stranger, used for the owner's order", expects: { $0.refusal(403) }) { attacker in
                try attacker.open(nil, attacker.credential(attacker.kit.token(CredentialKit.stranger)))
            },
            ticket("for another transport") { attacker in
                let other: TransportName = attacker.target.transport == .polling ? .sse : .polling
                return try attacker.open(nil, attacker.credential(transport: other))
            },
            ticket("for a request that is none of a transport", expects: { _ in [.status(401)] }) { attacker in
                try attacker.outcome(
                    RawRequest(post: "/orders/\(attacker.target.order)/commands", json: "{\"command\":\"approve\"}"),
                    attacker.credential())
            },
            ticket("exchanged for another ticket", expects: { _ in [.status(401)] }) { attacker in
                try attacker.outcome(
                    RawRequest(
                        post: "/tickets",
                        json:
                            "{\"transport\":\"\(attacker.target.transport)\",\"orders\":[\(quoted(attacker.target.order))]}"
                    ),
                    attacker.credential())
            },
            Attack(
                "two racing uses of a ticket", .ticket, unless: \.rejectionOfTickets, expects: { $0.refusal(401) }
            ) { attacker in
                let credential = try attacker.credential()
                // Both are sent before either is answered.
                let first = try attacker.send(attacker.opening(), credential)
                let second = try attacker.send(attacker.opening(), credential)
                let outcomes = [attacker.outcome(of: first), attacker.outcome(of: second)]
                guard outcomes.count(where: { $0 == .delivered }) == 1 else {
                    return .breach("\(outcomes[0]) and \(outcomes[1])")
                }
                return outcomes[0] == .delivered ? outcomes[1] : outcomes[0]
            },
            ticket("that waited for too long", isSlow: true) { attacker in
                let credential = try attacker.credential()
                attacker.wait(for: attacker.conditions.ticketLifetime + .milliseconds(20))
                return try attacker.open(nil, credential)
            },
            ticket("of a token that was revoked since") { attacker in
                var draft = attacker.kit.draft()
                let id = "revoked-\(UInt64.random(in: 0...UInt64.max))"
                draft.set("jti", quoted(id))
                let credential = try attacker.credential(attacker.kit.sign(draft))
                try attacker.revoke("{\"tokenId\":\(quoted(id))}")
                return try attacker.open(nil, credential)
            },
        ]
    }

    private static func ticket(
        _ name: String, isSlow: Bool = false,
        expects: @escaping @Sendable (AuthTarget) -> [Outcome] = { $0.refusal(401) },
        _ carryOut: @escaping @Sendable (Attacker) throws -> Outcome
    ) -> Attack {
        Attack(
            "a ticket \(name)", .ticket, isSlow: isSlow, unless: \.rejectionOfTickets,
            expects: expects, carryOut)
    }
}

extension AuthTarget {
    fileprivate var rejectionOfTickets: String? { isTicket ? nil : "the scheme has no ticket" }
}
