import Authentication
import OrderUpdates
import TransportCore

/// Requests with two credentials. Two readers of such a request could see two principals.
enum DuplicationAttacks {
    static var all: [Attack] { beside + [headersDisagree, headersAgree] + placed }

    private static let afterUpgrade =
        "the credential comes in a message, and one that follows the handshake's is refused: see the first message"

    private static let beside: [Attack] = [
        Attack(
            "a stranger's bearer header beside the credential", .duplication,
            unless: {
                $0.isBearer ? "the header is the credential" : $0.takesFirstMessage ? afterUpgrade : nil
            }, expects: { $0.refusal(400) }
        ) { attacker in
            try attacker.open(nil, attacker.credential()) { request in
                attacker.present(.bearer(try? attacker.kit.token(CredentialKit.stranger)), in: &request)
            }
        },
        Attack(
            "a bearer header of no worth beside the credential", .duplication,
            unless: {
                $0.isBearer ? "the header is the credential" : $0.takesFirstMessage ? afterUpgrade : nil
            }, expects: { $0.refusal(400) }
        ) { attacker in
            try attacker.open(nil, attacker.credential()) { $0.headers.append(("authorization", "Bearer garbage")) }
        },
    ]

    private static let headersDisagree = Attack(
        "two bearer headers of two principals", .duplication,
        unless: { $0.isBearer ? nil : "the credential is not in the Authorization header" },
        expects: { $0.refusal(400) }
    ) { attacker in
        try attacker.open(nil, attacker.credential()) { request in
            attacker.present(.bearer(try? attacker.kit.token(CredentialKit.stranger)), in: &request)
        }
    }

    private static let headersAgree = Attack(
        "one bearer header twice", .duplication,
        unless: { $0.isBearer ? nil : "the credential is not in the Authorization header" },
        expects: { $0.refusal(400) }
    ) { attacker in
        let credential = try attacker.credential()
        return try attacker.open(nil, credential) { attacker.present(credential, in: &$0) }
    }

    /// Credentials that occur twice in their own place.
    private static let placed: [Attack] =
        [("of two principals", CredentialKit.stranger), ("of one principal", CredentialKit.owner)].flatMap {
            name, second in
            [
                Attack(
                    "two cookies \(name)", .duplication, unless: { $0.isCookie ? nil : "the scheme has no cookie" },
                    expects: { $0.refusal(400) }
                ) { attacker in
                    try attacker.twice(second) { first, other, request in
                        guard case .cookie(let name, let a, _, _) = first, case .cookie(_, let b, _, _) = other else {
                            return
                        }
                        request.set("cookie", "\(name)=\(a); \(name)=\(b)")
                        request.set("origin", attacker.conditions.allowedOrigin.description)
                    }
                },
                Attack(
                    "two Cookie headers \(name)", .duplication,
                    unless: { $0.isCookie ? nil : "the scheme has no cookie" }, expects: { $0.refusal(400) }
                ) { attacker in
                    try attacker.twice(second) { first, other, request in
                        attacker.present(first, in: &request)
                        request.headers += other.headers().filter { $0.name == "cookie" }
                    }
                },
                Attack(
                    "two parameters \(name)", .duplication,
                    unless: { $0.isQuery || $0.isTicket ? nil : "the credential is not in the query" },
                    expects: { $0.refusal(400) }
                ) { attacker in
                    try attacker.twice(second) { first, other, request in
                        attacker.present(first, in: &request)
                        attacker.present(other, in: &request)
                    }
                },
                Attack(
                    "two parameters \(name), one name percent-encoded", .duplication,
                    unless: { $0.isQuery || $0.isTicket ? nil : "the credential is not in the query" },
                    expects: { $0.refusal(400) }
                ) { attacker in
                    try attacker.twice(second) { first, other, request in
                        attacker.present(first, in: &request)
                        guard let parameter = other.parameter, let letter = parameter.utf8.first else { return }
                        request.query.append("%\(String(letter, radix: 16))\(parameter.dropFirst())")
                    }
                },
                Attack(
                    "two subprotocols \(name)", .duplication,
                    unless: { $0.isSubprotocol ? nil : "the credential is no subprotocol" },
                    expects: { $0.refusal(400) }
                ) { attacker in
                    try attacker.twice(second) { first, other, request in
                        attacker.present(first, in: &request)
                        attacker.present(other, in: &request)
                    }
                },
                Attack(
                    "two Sec-WebSocket-Protocol headers \(name)", .duplication,
                    unless: { $0.isSubprotocol ? nil : "the credential is no subprotocol" },
                    expects: { $0.refusal(400) }
                ) { attacker in
                    try attacker.twice(second) { first, other, request in
                        attacker.present(first, in: &request)
                        request.headers.append(("sec-websocket-protocol", other.offeredSubprotocol ?? ""))
                    }
                },
            ]
        }
}

extension Attacker {
    /// Opens the order with the owner's credential and a second one.
    fileprivate func twice(
        _ second: Subject, _ edit: (_ first: Credential, _ other: Credential, inout RawRequest) -> Void
    ) throws -> Outcome {
        let (first, other) = (try credential(), try credential(kit.token(second)))
        return try open(nil, .none) { edit(first, other, &$0) }
    }
}

extension Credential {
    /// No credential where there is no token.
    fileprivate static func bearer(_ token: String?) -> Credential {
        token.map { .bearer($0) } ?? .none
    }
}
