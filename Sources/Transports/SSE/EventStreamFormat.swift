public import OrderUpdates
public import TransportCore

/// The text of Server-Sent Events (WHATWG HTML, section 9.2.5).
///
/// Ids are positions, and payloads are JSON on one line. So neither can contain a CR, LF or NUL, which would end a
/// field.
public struct EventStreamFormat: StreamFormat {
    public init() {}

    public var contentType: String { "text/event-stream" }
    /// The first event also tells a native EventSource how long to wait before it reconnects.
    public var opening: [UInt8] { Array("retry: 1000\n\n".utf8) }

    public func appendUpdate(_ position: StreamPosition, _ json: [UInt8], to bytes: inout [UInt8]) {
        append("event: order.update\nid: ", position, json, &bytes)
    }

    public func appendSnapshot(_ position: StreamPosition?, _ json: [UInt8], to bytes: inout [UInt8]) {
        if let position { return append("event: order.snapshot\nid: ", position, json, &bytes) }
        // Without an id, the reader's last id stays.
        bytes.append("event: order.snapshot\ndata: ")
        bytes.append(contentsOf: json)
        bytes.append("\n\n")
    }

    public func appendPositionLost(_ order: OrderID, asked: StreamPosition, to bytes: inout [UInt8]) {
        bytes += "event: position.lost\ndata: {\"orderId\":\"\(order)\",\"position\":\"\(asked)\"}\n\n".utf8
    }

    public func appendHeartbeat(_ kind: HeartbeatKind, to bytes: inout [UInt8]) {
        switch kind {
        case .control: bytes.append(": heartbeat\n\n")
        case .visible: bytes.append("event: heartbeat\ndata: {}\n\n")
        case .off: break
        }
    }

    public func appendClose(_ reason: CloseReason, to bytes: inout [UInt8]) {
        bytes += "event: close\ndata: \(reason.json)\n\n".utf8
    }

    private func append(_ head: StaticString, _ position: StreamPosition, _ json: [UInt8], _ bytes: inout [UInt8]) {
        bytes.append(head)
        bytes.append(position)
        bytes.append("\ndata: ")
        bytes.append(contentsOf: json)
        bytes.append("\n\n")
    }
}
