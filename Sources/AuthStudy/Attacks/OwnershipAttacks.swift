import OrderUpdates
import TransportCore

/// Valid credentials for orders of another subject.
enum OwnershipAttacks {
    static var all: [Attack] {
        [
            Attack("another's order", .ownership, expects: { $0.refusal(403) }) { attacker in
                let order = attacker.target.foreignOrder
                return try attacker.open(order, attacker.credential(orders: [order]))
            },
            Attack("an order that does not exist", .ownership, expects: { $0.refusal(404) }) { attacker in
                try attacker.open("no-such-order", attacker.credential(orders: ["no-such-order"]))
            },
            Attack(
                "another's order through a path that climbs", .ownership,
                // Such a path does not exist.
                expects: { $0.handshakeRefusal(404) }
            ) { attacker in
                let (order, foreign) = (attacker.target.order, attacker.target.foreignOrder)
                return try attacker.open("\(order)/../\(foreign)", attacker.credential(orders: [order]))
            },
            Attack(
                "another's order behind an encoded slash", .ownership,
                expects: { $0.refusal(404) + $0.refusal(403) + ($0.isTicket ? $0.refusal(401) : []) }
            ) { attacker in
                let (order, foreign) = (attacker.target.order, attacker.target.foreignOrder)
                return try attacker.open("\(order)%2f..%2f\(foreign)", attacker.credential(orders: [order]))
            },
            Attack(
                "one foreign order among many", .ownership,
                unless: {
                    $0.transport == .sse || $0.isWebSocket ? nil : "the transport asks for one order at a time"
                }, expects: { $0.isWebSocket ? [.message(403)] : $0.refusal(403) }
            ) { attacker in
                let (order, foreign) = (attacker.target.order, attacker.target.foreignOrder)
                let credential = try attacker.credential(orders: [order, foreign])
                guard !attacker.target.isWebSocket else {
                    return try attacker.subscribe(foreign, beside: order, credential)
                }
                var request = RawRequest("GET", "/events")
                request.query = ["order=\(order)", "order=\(foreign)"]
                return try attacker.outcome(request, credential)
            },
            Attack(
                "a command on another's order", .ownership, expects: { _ in [.status(403)] }
            ) { attacker in
                try attacker.outcome(
                    RawRequest(
                        post: "/orders/\(attacker.target.foreignOrder)/commands",
                        json: "{\"command\":\"fail\",\"reason\":\"x\"}"),
                    attacker.sideCredential(attacker.kit.token()))
            },
            Attack(
                "a command on another's order in a message", .ownership,
                unless: { $0.isWebSocket ? nil : "the stream takes no message" },
                expects: { _ in [.command(isAccepted: false)] }
            ) { attacker in
                let foreign = attacker.target.foreignOrder
                return try attacker.message(
                    "{\"type\":\"command\",\"orderId\":\(quoted(foreign)),\"command\":\"fail\",\"reason\":\"x\"}",
                    attacker.credential())
            },
            Attack(
                "an order created for somebody else", .ownership, expects: { _ in [.status(403)] }
            ) { attacker in
                try attacker.outcome(
                    RawRequest(
                        post: "/orders",
                        json: "{\"id\":\"planted\",\"owner\":\(quoted(CredentialKit.stranger.description))}"),
                    attacker.sideCredential(attacker.kit.token()))
            },
            Attack(
                "another's streams renewed", .ownership,
                unless: { $0.isMutualTLS || $0.isCookie ? "the credential is no token" : nil },
                expects: { _ in [.status(404)] }
            ) { attacker in
                var draft = attacker.kit.draft()
                draft.set("jti", "\"renewed-by-a-stranger\"")
                let stream = try attacker.send(attacker.opening(), attacker.credential(attacker.kit.sign(draft)))
                guard attacker.outcome(of: stream) == .delivered else { return .silence }
                return try attacker.outcome(
                    RawRequest(post: "/renewals", json: "{\"tokenId\":\"renewed-by-a-stranger\"}"),
                    .bearer(attacker.kit.token(CredentialKit.stranger)))
            },
            Attack(
                "a stream renewed with another's token", .ownership,
                unless: { $0.isWebSocket ? nil : "the stream takes no message" }, expects: { _ in [.message(403)] }
            ) { attacker in
                let token = try attacker.kit.token(CredentialKit.stranger)
                return try attacker.message(
                    "{\"type\":\"refresh\",\"token\":\(quoted(token))}", attacker.credential())
            },
            Attack(
                "a stream renewed with a forged token", .ownership,
                unless: { $0.isWebSocket ? nil : "the stream takes no message" }, expects: { _ in [.message(401)] }
            ) { attacker in
                let token = try attacker.kit.sign(attacker.kit.draft(), with: .impostor)
                return try attacker.message(
                    "{\"type\":\"refresh\",\"token\":\(quoted(token))}", attacker.credential())
            },
        ]
    }
}

extension Attacker {
    /// Sends a message over a WebSocket that follows an order, and returns the outcome.
    /// - Parameter order: the order that the WebSocket follows; nil for the owner's.
    func message(_ text: String, _ credential: Credential, order: String? = nil) throws -> Outcome {
        try frames([SocketFrame(text: text)], credential, order: order)
    }

    func frames(_ frames: [SocketFrame], _ credential: Credential, order: String? = nil) throws -> Outcome {
        let exchange = try send(opening(order), credential)
        let first = outcome(of: exchange)
        return first == .delivered ? reply(to: frames, over: exchange) : first
    }

    /// The server's answer to these frames, after everything that it sent before.
    private func reply(to frames: [SocketFrame], over exchange: RawExchange) -> Outcome {
        let count = exchange.content.count
        for frame in frames { exchange.send(frame.masked) }
        var found: Outcome?
        _ = exchange.read(within: conditions.patience) {
            found = Self.verdict(of: SocketFrame.frames(in: Array($0.content.dropFirst(count))))
            return found != nil
        }
        answers.append(exchange.received)
        return found ?? (exchange.isOver ? .ended : .silence)
    }

    /// Follows one order, then subscribes to a second one on the same WebSocket.
    fileprivate func subscribe(_ foreign: String, beside order: String, _ credential: Credential) throws -> Outcome {
        func subscribe(_ order: String) -> [SocketFrame] {
            [SocketFrame(text: "{\"type\":\"subscribe\",\"orderId\":\(quoted(order))}")]
        }
        let exchange = try send(socketRequest("/socket"), credential)
        guard exchange.read(within: conditions.patience, until: { $0.status.map { $0 < 300 } ?? false }) else {
            return outcome(of: exchange)
        }
        let first = reply(to: subscribe(order), over: exchange)
        return first == .delivered ? reply(to: subscribe(foreign), over: exchange) : first
    }
}
