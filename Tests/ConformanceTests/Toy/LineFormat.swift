import OrderUpdates
import TransportCore
import Transports

/// One event a line: its kind, then what belongs to it, with spaces between. A payload is one line of JSON.
struct LineFormat: StreamFormat {
    var contentType: String { "application/x-order-lines" }
    var opening: [UInt8] { [] }

    func appendUpdate(_ position: StreamPosition, _ json: [UInt8], to bytes: inout [UInt8]) {
        append("update \(position) ", json, to: &bytes)
    }

    func appendSnapshot(_ position: StreamPosition?, _ json: [UInt8], to bytes: inout [UInt8]) {
        append("snapshot \(position.map(\.description) ?? "-") ", json, to: &bytes)
    }

    func appendPositionLost(_ order: OrderID, asked: StreamPosition, to bytes: inout [UInt8]) {
        append("lost \(order)", to: &bytes)
    }

    func appendHeartbeat(_ kind: HeartbeatKind, to bytes: inout [UInt8]) {
        if kind != .off { append("heartbeat", to: &bytes) }
    }

    func appendClose(_ reason: CloseReason, to bytes: inout [UInt8]) {
        append("close \(reason.code) \(reason.name) \(reason.reconnect) \(reason.delayMilliseconds ?? 0)", to: &bytes)
    }

    private func append(_ head: String, _ json: [UInt8] = [], to bytes: inout [UInt8]) {
        bytes += head.utf8
        bytes += json
        bytes.append(UInt8(ascii: "\n"))
    }
}
