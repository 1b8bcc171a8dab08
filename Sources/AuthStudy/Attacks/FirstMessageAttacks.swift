import TransportCore

/// Attacks on a WebSocket that is open before its credential was presented.
enum FirstMessageAttacks {
    static var all: [Attack] {
        [
            first("never sent", isSlow: true, .timeout) { _ in [] },
            first("never ended", isSlow: true, .timeout) { _ in
                [SocketFrame(.text, Array("{\"type\":".utf8), isFinal: false)]
            },
            first("of another type", .unauthorized) { attacker in
                [SocketFrame(text: "{\"type\":\"subscribe\",\"orderId\":\(quoted(attacker.target.order))}")]
            },
            first("a command", .unauthorized) { attacker in
                [
                    SocketFrame(
                        text:
                            "{\"type\":\"command\",\"orderId\":\(quoted(attacker.target.order)),\"command\":\"approve\"}"
                    )
                ]
            },
            first("a refresh", .unauthorized) { attacker in
                [SocketFrame(text: "{\"type\":\"refresh\",\"token\":\(quoted(try attacker.kit.token()))}")]
            },
            first("without a token", .unauthorized) { _ in [SocketFrame(text: "{\"type\":\"authenticate\"}")] },
            first("with a token that is no text", .policyViolation) { _ in
                [SocketFrame(text: "{\"type\":\"authenticate\",\"token\":[1]}")]
            },
            first("that is no JSON", .policyViolation) { _ in [SocketFrame(text: "authenticate")] },
            first("empty", .policyViolation) { _ in [SocketFrame(text: "")] },
            first("binary", .policyViolation) { attacker in
                [SocketFrame(.binary, authenticate(try attacker.kit.token()))]
            },
            first("too big", .messageTooBig) { attacker in
                let padding = String(repeating: " ", count: attacker.conditions.firstMessageBytes)
                return [SocketFrame(.text, Array(padding.utf8) + authenticate(try attacker.kit.token()))]
            },
            first("too big, in a hundred parts", .messageTooBig) { attacker in
                let part = [UInt8](repeating: UInt8(ascii: " "), count: attacker.conditions.firstMessageBytes / 50)
                return (0..<100).map { SocketFrame($0 == 0 ? .text : .continuation, part, isFinal: false) }
            },
            first("twice", .policyViolation) { attacker in
                let token = try attacker.kit.token()
                return [SocketFrame(.text, authenticate(token)), SocketFrame(.text, authenticate(token))]
            },
            first("twice, the second a stranger's", .policyViolation) { attacker in
                [
                    SocketFrame(.text, authenticate(try attacker.kit.token())),
                    SocketFrame(.text, authenticate(try attacker.kit.token(CredentialKit.stranger))),
                ]
            },
            first("again after one that was refused", .unauthorized) { attacker in
                [
                    SocketFrame(.text, authenticate("garbage")),
                    SocketFrame(.text, authenticate(try attacker.kit.token())),
                ]
            },
            Attack(
                "a first message too late", .firstMessage, isSlow: true, unless: \.rejectionOfFirstMessages,
                expects: { _ in [.close(.timeout)] }
            ) { attacker in
                let exchange = try attacker.send(attacker.opening())
                guard exchange.read(within: attacker.conditions.patience, until: { $0.status != nil }) else {
                    return .silence
                }
                // The server checks once a second.
                attacker.wait(for: attacker.conditions.firstMessageDeadline + .milliseconds(1_100))
                exchange.send(SocketFrame(.text, authenticate(try attacker.kit.token())).masked)
                return attacker.outcome(of: exchange)
            },
        ]
    }

    private static func authenticate(_ token: String) -> [UInt8] {
        Array("{\"type\":\"authenticate\",\"token\":\(quoted(token))}".utf8)
    }

    /// Sends these frames once the WebSocket is open, and waits for its end.
    private static func first(
        _ name: String, isSlow: Bool = false, _ reason: CloseReason,
        _ frames: @escaping @Sendable (Attacker) throws -> [SocketFrame]
    ) -> Attack {
        Attack(
            "a first message \(name)", .firstMessage, isSlow: isSlow, unless: \.rejectionOfFirstMessages,
            expects: { _ in [.close(reason)] }
        ) { attacker in
            let exchange = try attacker.send(attacker.opening())
            guard exchange.read(within: attacker.conditions.patience, until: { $0.status != nil }) else {
                return .silence
            }
            exchange.send(try frames(attacker).flatMap(\.masked))
            return attacker.closing(of: exchange)
        }
    }
}

extension AuthTarget {
    fileprivate var rejectionOfFirstMessages: String? {
        takesFirstMessage ? nil : "the credential comes with the handshake"
    }
}

extension Attacker {
    /// How a WebSocket ends, whatever comes before.
    func closing(of exchange: RawExchange) -> Outcome {
        var found: Outcome?
        _ = exchange.read(within: conditions.patience) {
            found = SocketFrame.frames(in: $0.content).first { $0.opcode == .close }.map(Self.close)
            return found != nil
        }
        answers.append(exchange.received)
        return found ?? (exchange.isOver ? .ended : .silence)
    }
}
