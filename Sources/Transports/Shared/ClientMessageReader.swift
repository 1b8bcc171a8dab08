import OrderUpdates
import TransportCore

/// Reads the server's messages of the subprotocol `order-updates.v1`. A long poll's answer is made of them, too.
enum ClientMessageReader {
    enum Outcome {
        case event(ConnectionEvent)
        /// The server refused a subscription.
        case refused(status: Int)
        /// Nothing for the subscriber: an acknowledgement, or a type of a later server.
        case nothing
        case malformed
    }

    static func read(_ message: UnsafeRawBufferPointer) -> Outcome {
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        var (type, id, data, order, text, accepted, status) = (none, none, none, none, none, none, none)
        let isObject = JSONMembers.members(of: message) { name, value in
            switch name.count {
            case 2 where name.elementsEqual("id".utf8): id = value
            case 4 where name.elementsEqual("type".utf8): type = value
            case 4 where name.elementsEqual("data".utf8): data = value
            case 6 where name.elementsEqual("status".utf8): status = value
            case 7 where name.elementsEqual("orderId".utf8): order = value
            case 7 where name.elementsEqual("message".utf8): text = value
            case 8 where name.elementsEqual("accepted".utf8): accepted = value
            default: break
            }
        }
        guard isObject else { return .malformed }
        if type.elementsEqual("\"order.update\"".utf8) || type.elementsEqual("\"order.snapshot\"".utf8) {
            guard !data.isEmpty, id.count > 2 || id.isEmpty else { return .malformed }
            let position =
                id.isEmpty ? nil : StreamPosition(bytes: UnsafeRawBufferPointer(rebasing: id[1..<id.count - 1]))
            guard position != nil || id.isEmpty else { return .malformed }
            return .event(
                type.count == 14
                    ? .update(position: position, payload: data) : .snapshot(position: position, payload: data))
        }
        switch JSONMembers.string(type) {
        case "heartbeat":
            return .event(.heartbeat)
        case "position.lost":
            return .event(.positionLost(order: JSONMembers.string(order).flatMap { OrderID($0) }))
        case "command.result":
            return .event(
                .commandResult(
                    id: JSONMembers.string(id) ?? "", accepted: accepted.elementsEqual("true".utf8),
                    message: JSONMembers.string(text) ?? ""))
        case "error":
            return .refused(status: JSONMembers.integer(status) ?? 400)
        case nil: return .malformed
        default: return .nothing
        }
    }
}
