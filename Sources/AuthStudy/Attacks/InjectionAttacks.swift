import TransportCore

/// Text that would break out of its line in a header, a stream or the log.
enum InjectionAttacks {
    /// A line with this text must not appear in a response or a stream.
    private static let marker = "x-injected"

    static var all: [Attack] { positions + paths + headers }

    private static let endings: [(name: String, encoded: String, raw: String)] = [
        ("CRLF", "%0d%0a", "\r\n"), ("LF", "%0a", "\n"), ("CR", "%0d", "\r"), ("NUL", "%00", "\0"),
        ("U+2028", "%e2%80%a8", "\u{2028}"),
    ]

    private static let positions: [Attack] =
        endings.flatMap { name, encoded, raw in
            [
                Attack(
                    "an encoded \(name) in ?after=", .injection,
                    unless: { $0.transport == .polling ? "the transport takes no position in the query" : nil },
                    expects: { $0.handshakeRefusal(400) }
                ) { attacker in
                    try attacker.injected(attacker.credential()) {
                        $0.query.append("after=1-1\(encoded)\(marker):%201\(encoded)\(encoded)data:%20x")
                    }
                },
                Attack(
                    "an encoded \(name) in Last-Event-ID", .injection, unless: \.rejectionOfLastEventID,
                    expects: { $0.refusal(400) }
                ) { attacker in
                    try attacker.injected(attacker.credential()) {
                        $0.headers.append(("last-event-id", "1-1\(encoded)\(marker): 1"))
                    }
                },
            ]
        } + [
            // A line end within a field ends it, so what follows is another field of the attacker's own request.
            Attack(
                "a CRLF in Last-Event-ID", .injection, logLines: 0,
                unless: { $0.rejectionOfLastEventID ?? ($0.version == .h2 ? "a field of HTTP/2 has no line" : nil) },
                expects: { _ in [.delivered] }
            ) { attacker in
                try attacker.injected(attacker.credential()) {
                    $0.headers.append(("last-event-id", "\r\n\(marker): 1"))
                }
            },
            Attack(
                "a CR in Last-Event-ID", .injection, unless: \.rejectionOfLastEventID, expects: { $0.refusal(400) }
            ) { attacker in
                try attacker.injected(attacker.credential()) {
                    $0.headers.append(("last-event-id", "1-1\r\(marker): 1"))
                }
            },
            Attack(
                "a colon and a quote in Last-Event-ID", .injection, unless: \.rejectionOfLastEventID,
                expects: { $0.refusal(400) }
            ) { attacker in
                try attacker.injected(attacker.credential()) {
                    $0.headers.append(("last-event-id", "1-1\",\"data\":\"x"))
                }
            },
        ]

    private static let paths: [Attack] = endings.map { name, encoded, _ in
        Attack(
            "an encoded \(name) in an order's name", .injection,
            expects: { target in
                if name != "U+2028" { return target.handshakeRefusal(400) }
                return target.isTicket ? target.refusal(401) : target.refusal(404)
            }
        ) { attacker in
            let name = "a\(encoded)\(marker):%201\(encoded)level=error"
            return try attacker.injected(attacker.credential(), order: name)
        }
    }

    private static let headers: [Attack] = [
        Attack(
            "a CRLF in an order's name in a message", .injection,
            unless: { $0.isWebSocket ? nil : "the stream takes no message" }, expects: { _ in [.message(404)] }
        ) { attacker in
            try attacker.message(
                "{\"type\":\"subscribe\",\"orderId\":\"a\\r\\n\(marker): 1\"}", attacker.credential())
        },
        Attack(
            "a CRLF in a field's value over HTTP/2", .injection,
            unless: { $0.version == .h2 ? nil : "a field of HTTP/1.1 ends with its line" },
            expects: { $0.refusal(400) }
        ) { attacker in
            try attacker.injected(attacker.credential().fromNoPage) {
                $0.headers.append(("origin", "\(attacker.conditions.allowedOrigin)\r\n\(marker): 1"))
            }
        },
    ]
}

extension AuthTarget {
    fileprivate var rejectionOfLastEventID: String? {
        transport == .sse ? nil : "only Server-Sent Events have the field"
    }
}

extension Attacker {
    /// Opens the order, and searches the answer for our line.
    fileprivate func injected(
        _ credential: Credential, order: String? = nil, _ edit: (inout RawRequest) -> Void = { _ in }
    ) throws -> Outcome {
        var request = opening(order)
        edit(&request)
        let exchange = try send(request, credential)
        let outcome = outcome(of: exchange)
        let lines = String(decoding: exchange.received, as: UTF8.self)
            .unicodeScalars.split { $0 == "\r" || $0 == "\n" }.map(String.init)
        let isInjected = lines.contains { $0.lowercased().hasPrefix("x-injected") } || exchange["x-injected"] != nil
        return isInjected ? .breach("the text came back as a line of its own") : outcome
    }
}
