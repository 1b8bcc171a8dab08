import OrderUpdates
import TransportCore

/// The result of a command, over any transport.
struct CommandResult {
    /// 202, or the status of the refusal: 400, 403, 404, 409.
    var status: Int
    /// The position of the update that the command published, or why it was refused.
    var message: String
    var headers: [(name: String, value: String)] = []
    var isAccepted: Bool { status == 202 }

    static func perform(
        _ name: String?, on order: String, reason: String?, _ principal: Principal, _ hub: OrderEventHub,
        _ facts: some AdmissionFacts
    ) -> CommandResult {
        guard principal.scopes.contains(.command) else {
            return CommandResult(status: 403, message: "the credential does not allow \(Scope.command.rawValue)")
        }
        guard let command = name.flatMap(OrderCommand.init(rawValue:)) else {
            let names = OrderCommand.allCases.map(\.rawValue).joined(separator: ", ")
            return CommandResult(status: 400, message: "there is no such command; there are \(names)")
        }
        let id: OrderID
        do throws(Rejection) {
            id = try Admission.authorize([order], principal, facts)[0]
        } catch {
            return CommandResult(status: error.status, message: error.detail)
        }
        do {
            let position = try hub.perform(command, on: id, reason: reason) { owner in
                principal.reaches(id, of: owner)
            }
            return CommandResult(status: 202, message: position.description)
        } catch {
            return CommandResult(status: error.status, message: error.description, headers: error.headers)
        }
    }

    func json(id: String?, typed: Bool) -> [UInt8] {
        var bytes: [UInt8] = Array((typed ? "{\"type\":\"command.result\"," : "{").utf8)
        if let id {
            bytes += "\"id\":".utf8
            bytes.appendJSONString(String(id.prefix(128)))
            bytes.append(UInt8(ascii: ","))
        }
        bytes += "\"accepted\":\(isAccepted),\"message\":".utf8
        bytes.appendJSONString(message)
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}

extension OrderError {
    /// The HTTP status for the error.
    var status: Int {
        switch self {
        case .unknownOrder: 404
        case .orderExists, .illegalTransition: 409
        case .reasonMismatch: 400
        case .updateTooLarge: 413
        case .tooManyOrders, .journalBehind, .journalFailed: 503
        }
    }

    /// When to try again, where that may help.
    var headers: [(name: String, value: String)] { status == 503 ? [("retry-after", "1")] : [] }
}
