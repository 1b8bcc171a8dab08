import Foundation

/// One connection of a follower, over each transport, until it ends.
extension Follower {
    private struct Message: Decodable {
        struct Update: Decodable { var message: String }
        var type: String
        var id: String?
        var orderId: String?
        var data: Update?
    }

    /// The publisher's number of an update, which is its message; 0 for that of an order's creation.
    private static func number(_ message: String) -> Int { Int(message) ?? 0 }

    private static func entry(_ message: Message) -> ResumeLedger.Entry? {
        let position = message.id.flatMap { ResumeLedger.Position($0) }
        let number = message.data.map { Self.number($0.message) } ?? 0
        switch message.type {
        case "position.lost": return .lost(order: message.orderId ?? "")
        case "order.snapshot": return .snapshot(position, number: number)
        case "order.update": return position.map { .update($0, number: number) }
        default: return nil
        }
    }

    func eventStream(_ path: String) {
        guard let client = WireClient(port: ledger.port, isOver: { self.ledger.isOver }) else { return }
        var connection = connection()
        guard client.get("\(path)\(path.contains("?") ? "&" : "?")\(after)"), client.head()?.status == 200 else {
            return
        }
        // The lines of the chunks' sizes are none of an event's.
        var event = ""
        var id: String?
        while let line = client.line() {
            if line.hasPrefix("event: ") {
                (event, id) = (String(line.dropFirst(7)), nil)
            } else if line.hasPrefix("id: ") {
                id = String(line.dropFirst(4))
            } else if line.hasPrefix("data: "), event.hasPrefix("order.") || event == "position.lost" {
                let json = "{\"type\":\"\(event)\",\"id\":\(id.map { "\"\($0)\"" } ?? "null"),"
                let data = line.dropFirst(6)
                // That of a loss is not an update.
                let rest = event == "position.lost" ? "\(data.dropFirst())" : "\"data\":\(data)}"
                guard let message = try? JSONDecoder().decode(Message.self, from: Data((json + rest).utf8)) else {
                    return ledger.complain("\(name): \(line)")
                }
                if let entry = Self.entry(message) { connection.take(entry) }
            }
        }
    }

    func webSocket(_ path: String) {
        guard let client = WireClient(port: ledger.port, isOver: { self.ledger.isOver }) else { return }
        var connection = connection()
        let upgrade =
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: order-updates.v1\r\n"
        guard client.get("\(path)?\(after)", headers: upgrade), client.head()?.status == 101 else { return }
        while let frame = client.frame() {
            guard frame.opcode == 1 else { continue }
            guard let message = try? JSONDecoder().decode(Message.self, from: Data(frame.payload)) else {
                return ledger.complain("\(name): a message that is none")
            }
            if let entry = Self.entry(message) { connection.take(entry) }
        }
    }

    func longPolls(_ path: String) {
        guard let client = WireClient(port: ledger.port, isOver: { self.ledger.isOver }) else { return }
        while true {
            // Each answer is a connection of its own, as far as resuming goes.
            var connection = connection()
            guard client.get("\(path)?wait=1&\(after)"), let response = client.response() else { return }
            guard response.status == 200 else {
                guard response.status == 204 else { return }
                continue
            }
            guard let messages = try? JSONDecoder().decode([Message].self, from: Data(response.body)) else {
                return ledger.complain("\(name): an answer that is none")
            }
            for message in messages {
                if let entry = Self.entry(message) { connection.take(entry) }
            }
        }
    }
}
