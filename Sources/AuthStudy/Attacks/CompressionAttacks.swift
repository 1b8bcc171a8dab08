import TransportCore

/// Messages that are small on the wire and would be large in memory.
enum CompressionAttacks {
    static var all: [Attack] {
        [
            Attack(
                "permessage-deflate offered", .compression, logLines: 0,
                unless: { $0.isWebSocket ? nil : "only a WebSocket agrees on compression with its client" },
                expects: { _ in [.delivered] }
            ) { attacker in
                var request = attacker.opening()
                request.headers.append(
                    (
                        "sec-websocket-extensions",
                        "permessage-deflate; client_max_window_bits; server_max_window_bits=15"
                    ))
                let exchange = try attacker.send(request, attacker.credential())
                let outcome = attacker.outcome(of: exchange)
                return exchange["sec-websocket-extensions"].map { .breach("the server agreed on \($0)") } ?? outcome
            },
            Attack(
                "a message that inflates beyond the limit", .compression, logLines: 0,
                unless: { $0.isWebSocket ? nil : "the stream takes no message" },
                // RSV1 without an extension fails the connection (RFC 6455, section 5.2).
                expects: { _ in [.close(1002, ""), .ended, .reset] }
            ) { attacker in
                let bomb = CompressionBomb.deflate(size: 100 * attacker.conditions.messageBytes)
                return try attacker.frames(
                    [SocketFrame(.text, Array(bomb.prefix(attacker.conditions.messageBytes / 2)), isCompressed: true)],
                    attacker.credential())
            },
            // libwebsockets 4.1 writes to freed memory where a WebSocket in a stream of HTTP/2 (RFC 8441) has two
            // faults in one frame. So the server does not offer such streams.
            Attack(
                "such a message in a stream of HTTP/2", .compression,
                unless: { $0.version == .h2 ? nil : "a connection of HTTP/1.1 has one stream" },
                expects: { _ in [.status(400)] }
            ) { attacker in
                let exchange = try attacker.send(attacker.socketRequest("/socket"), attacker.credential())
                let bomb = CompressionBomb.deflate(size: 100 * attacker.conditions.messageBytes)
                exchange.send(SocketFrame(.text, Array(bomb.prefix(32_000)), isCompressed: true).masked)
                return attacker.outcome(of: exchange)
            },
            Attack("a body in gzip", .compression, expects: { _ in [.status(400)] }) { attacker in
                var request = RawRequest(post: "/orders/\(attacker.target.order)/commands", json: "")
                request.body = CompressionBomb.gzip(size: 2 * attacker.conditions.bodyBytes)
                request.headers.append(("content-encoding", "gzip"))
                return try attacker.outcome(request, attacker.sideCredential(attacker.kit.token()))
            },
        ]
    }
}
