import Authentication
import OrderUpdates
import TransportCore

/// Requests of pages of other origins, with credentials that a browser sends by itself.
enum OriginAttacks {
    static var all: [Attack] { origins + hijacks + forgeries }

    /// Variations of the allowed origin.
    private static let variants: [(name: String, make: @Sendable (String) -> String)] = [
        ("another", { _ in "https://evil.example" }),
        ("null", { _ in "null" }),
        ("a prefix of the allowed one", { String($0.dropLast()) }),
        ("the allowed one as a prefix", { $0 + ".evil.example" }),
        ("the allowed one as a suffix", { "https://evil-" + $0.dropFirst("https://".count) }),
        ("the allowed one as a user", { $0 + "@evil.example" }),
        ("another port", { $0 + ":8443" }),
        ("another scheme", { "http://" + $0.dropFirst("https://".count) }),
        ("in capitals", { $0.uppercased() }),
        ("with a slash after it", { $0 + "/" }),
        ("the allowed one and another", { $0 + ", https://evil.example" }),
    ]

    private static let origins: [Attack] =
        variants.map { name, make in
            Attack(
                "Origin: \(name)", .origin, unless: \.rejectionOfOrigins, expects: { $0.handshakeRefusal(403) }
            ) { attacker in
                try attacker.open(nil, attacker.credential().fromNoPage) {
                    $0.set("origin", make(attacker.conditions.allowedOrigin.description))
                }
            }
        }
        + variants.map { name, make in
            // Without an ambient credential the answer comes, but the page may not read it (WHATWG Fetch, section
            // 4.10).
            Attack(
                "Origin: \(name), unreadable", .origin, logLines: 0,
                unless: {
                    $0.rejectionOfOrigins == nil ? "the request is refused: see the same origin without this word" : nil
                }, expects: { _ in [.delivered] }
            ) { attacker in
                var request = attacker.opening()
                request.set("origin", make(attacker.conditions.allowedOrigin.description))
                let exchange = try attacker.send(request, attacker.credential())
                let outcome = attacker.outcome(of: exchange)
                return exchange["access-control-allow-origin"].map { .breach("a page of \($0) may read it") } ?? outcome
            }
        } + [
            Attack(
                "Origin: the server's own, of the other scheme", .origin, unless: \.rejectionOfOrigins,
                expects: { $0.handshakeRefusal(403) }
            ) { attacker in
                let endpoint = attacker.target.endpoint
                return try attacker.open(nil, attacker.credential().fromNoPage) {
                    $0.set("origin", "\(endpoint.tls ? "http" : "https")://\(endpoint.host):\(endpoint.port)")
                }
            },
            Attack(
                "two Origin headers", .origin, unless: \.rejectionOfOrigins, expects: { $0.handshakeRefusal(403) }
            ) { attacker in
                try attacker.open(nil, attacker.credential().fromNoPage) {
                    $0.set("origin", attacker.conditions.allowedOrigin.description)
                    $0.headers.append(("origin", "https://evil.example"))
                }
            },
            Attack(
                "no Origin, from another site", .origin,
                unless: {
                    if !$0.isAmbient { return "no browser sends the credential by itself" }
                    return $0.isWebSocket ? "browsers send an Origin with every WebSocket" : nil
                }, expects: { $0.handshakeRefusal(403) }
            ) { attacker in
                try attacker.open(nil, attacker.credential().fromNoPage) {
                    $0.headers.append(("sec-fetch-site", "cross-site"))
                }
            },
            Attack(
                "no Origin on a WebSocket", .origin,
                unless: {
                    $0.isCookie && $0.isWebSocket
                        ? nil : "a request without one comes from no page, and the credential is not of a page alone"
                }, expects: { $0.handshakeRefusal(403) }
            ) { attacker in
                try attacker.open(nil, attacker.credential().fromNoPage)
            },
            Attack(
                "a preflight of another page", .origin, expects: { _ in [.status(403)] }
            ) { attacker in
                var request = RawRequest("OPTIONS", "/orders/\(attacker.target.order)/commands")
                request.headers = [("origin", "https://evil.example"), ("access-control-request-method", "POST")]
                return try attacker.outcome(request)
            },
        ]

    private static let hijacks: [Attack] = ["/socket", "/orders/{}/socket"].map { path in
        Attack(
            "cross-site WebSocket hijack of \(path)", .origin,
            unless: { $0.isWebSocket ? nil : "the transport is no WebSocket" }, expects: { $0.handshakeRefusal(403) }
        ) { attacker in
            var request = attacker.socketRequest(
                path.split(separator: "{}").joined(separator: attacker.target.order))
            request.set("origin", "https://evil.example")
            return try attacker.outcome(request, attacker.credential().fromNoPage)
        }
    }

    /// The CSRF tokens that a form of another page, or a page without the session's token, can send.
    private static let forged: [(name: String, token: @Sendable (Attacker) -> String?)] =
        [
            ("without the session's token", { _ in nil }),
            ("with a token that is empty", { _ in "" }),
            ("with a guessed token", { _ in String(repeating: "A", count: 32) }),
            (
                "with the token of another session",
                { attacker in
                    guard case .cookie(_, _, let token, _) = try? attacker.credential() else { return "" }
                    return token
                }
            ),
        ]

    private static let forgeries: [Attack] =
        forged.flatMap { name, token in
            [
                Attack(
                    "a command with a cookie \(name)", .origin,
                    unless: { $0.isCookie ? nil : "no browser sends the credential by itself, or it is no session" },
                    expects: { _ in [.status(403)] }
                ) { attacker in
                    try attacker.forge(
                        RawRequest(
                            post: "/orders/\(attacker.target.order)/commands", json: "{\"command\":\"approve\"}"),
                        token(attacker))
                },
                Attack(
                    "a logout with a cookie \(name)", .origin,
                    unless: { $0.isCookie ? nil : "no browser sends the credential by itself, or it is no session" },
                    expects: { _ in [.status(403)] }
                ) { attacker in
                    try attacker.forge(RawRequest("DELETE", "/session"), token(attacker))
                },
            ]
        } + [
            Attack(
                "a form of another page", .origin,
                unless: { $0.isAmbient ? nil : "no browser sends the credential by itself" },
                expects: { _ in [.status(403)] }
            ) { attacker in
                var request = RawRequest(
                    post: "/orders/\(attacker.target.order)/commands", json: "{\"command\":\"approve\"}")
                request.set("content-type", "text/plain")
                request.set("origin", "https://evil.example")
                return try attacker.outcome(request, attacker.credential().fromNoPage)
            },
            Attack(
                "a session opened with a session", .origin,
                unless: { $0.isCookie ? nil : "the scheme has no session" }, expects: { _ in [.status(403)] }
            ) { attacker in
                try attacker.outcome(RawRequest("POST", "/session"), attacker.credential())
            },
        ]
}

extension AuthTarget {
    /// Why a request is answered whatever page it comes from; nil where it is refused.
    fileprivate var rejectionOfOrigins: String? {
        isAmbient || isWebSocket ? nil : "no browser sends the credential by itself: the page may not read the answer"
    }
}

extension Credential {
    /// A cookie in a browser's request that names no page.
    var fromNoPage: Credential {
        guard case .cookie(let name, let value, let csrfToken, _) = self else { return self }
        return .cookie(name: name, value: value, csrfToken: csrfToken, origin: nil)
    }
}

extension Attacker {
    /// Sends a request with the owner's cookie and this token instead of the session's.
    fileprivate func forge(_ request: RawRequest, _ token: String?) throws -> Outcome {
        guard case .cookie(let name, let value, _, _) = try credential() else { return .silence }
        var request = request
        request.headers += [("cookie", "\(name)=\(value)"), ("origin", conditions.allowedOrigin.description)]
        if let token { request.headers.append((Credential.csrfHeader, token)) }
        return try outcome(request)
    }
}
