import Authentication
import TransportCore

/// Requests and messages that are larger than necessary.
enum SizeAttacks {
    static var all: [Attack] {
        [
            Attack(
                "a header field over the limit", .size, expects: \.overlongHeader
            ) { attacker in
                try attacker.open(nil, attacker.credential()) {
                    $0.headers.append(
                        ("user-agent", String(repeating: "x", count: 2 * attacker.conditions.headerBytes)))
                }
            },
            Attack(
                "a thousand header fields", .size, expects: \.overlongHeader
            ) { attacker in
                try attacker.open(nil, attacker.credential()) { request in
                    for index in 0..<1000 { request.headers.append(("x-field-\(index)", "0123456789")) }
                }
            },
            Attack("a query over the limit", .size, expects: \.overlongHeader) { attacker in
                try attacker.open(nil, attacker.credential()) {
                    $0.query.append("x=" + String(repeating: "x", count: 2 * attacker.conditions.headerBytes))
                }
            },
            Attack(
                "a token over the header's limit", .size,
                unless: {
                    $0.rejectionOfTokens
                        ?? ($0.takesFirstMessage ? "the token is in no header: see the first message" : nil)
                }, expects: \.overlongHeader
            ) { attacker in
                var draft = attacker.kit.draft()
                draft.set("padding", quoted(String(repeating: "p", count: 2 * attacker.conditions.headerBytes)))
                return try attacker.present(attacker.kit.sign(draft))
            },
            Attack(
                "a token over the verifier's limit", .size,
                unless: { $0.takesFirstMessage ? nil : "the header's limit is the lower one" },
                expects: { $0.refusal(401) }
            ) { attacker in
                var draft = attacker.kit.draft()
                draft.set("padding", quoted(String(repeating: "p", count: attacker.kit.policy.maximumTokenBytes)))
                return try attacker.present(attacker.kit.sign(draft))
            },
            Attack(
                "a body over the limit, announced", .size, logLines: 1,
                // Over HTTP/2 the head ends the stream, so the announced length is wrong whatever it is.
                expects: { [.status($0.version == .h2 ? 400 : 413)] }
            ) { attacker in
                var request = RawRequest(post: "/orders", json: "")
                request.body = nil
                request.headers.append(("content-length", "\(attacker.conditions.bodyBytes + 1)"))
                return try attacker.outcome(request, attacker.sideCredential(attacker.kit.token()))
            },
        ]
    }
}

extension AuthTarget {
    fileprivate var overlongHeader: [Outcome] { [.status(431), .status(414)] }
}
