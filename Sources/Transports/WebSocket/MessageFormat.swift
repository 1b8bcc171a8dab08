public import OrderUpdates
public import TransportCore

/// The messages of the subprotocol `order-updates.v1`. A long poll's answer is made of them, too.
public struct MessageFormat: StreamFormat {
    public init() {}

    public var contentType: String { "application/json" }
    public var opening: [UInt8] { [] }

    public func appendUpdate(_ position: StreamPosition, _ json: [UInt8], to bytes: inout [UInt8]) {
        append("{\"type\":\"order.update\",\"id\":\"", position, json, &bytes)
    }

    public func appendSnapshot(_ position: StreamPosition?, _ json: [UInt8], to bytes: inout [UInt8]) {
        if let position { return append("{\"type\":\"order.snapshot\",\"id\":\"", position, json, &bytes) }
        bytes.append("{\"type\":\"order.snapshot\",\"data\":")
        bytes.append(contentsOf: json)
        bytes.append(UInt8(ascii: "}"))
    }

    public func appendPositionLost(_ order: OrderID, asked: StreamPosition, to bytes: inout [UInt8]) {
        bytes += "{\"type\":\"position.lost\",\"orderId\":\"\(order)\",\"position\":\"\(asked)\"}".utf8
    }

    public func appendHeartbeat(_ kind: HeartbeatKind, to bytes: inout [UInt8]) {
        if kind == .visible { bytes.append("{\"type\":\"heartbeat\"}") }
    }

    public func appendClose(_ reason: CloseReason, to bytes: inout [UInt8]) {}

    private func append(_ head: StaticString, _ position: StreamPosition, _ json: [UInt8], _ bytes: inout [UInt8]) {
        bytes.append(head)
        bytes.append(position)
        bytes.append("\",\"data\":")
        bytes.append(contentsOf: json)
        bytes.append(UInt8(ascii: "}"))
    }
}
