public import OrderUpdates
public import TransportCore

/// How the events of a stream look on the wire, whatever carries them: the text of an SSE event, of a WebSocket message.
///
/// Encoding happens once per event and loop, not per subscriber. The payload `json` is written as it is.
public protocol StreamFormat: Sendable {
    /// The response's media type; unused for WebSocket.
    var contentType: String { get }
    /// What a stream begins with.
    var opening: [UInt8] { get }

    func appendUpdate(_ position: StreamPosition, _ json: [UInt8], to bytes: inout [UInt8])
    /// - Parameter position: nil for the first of several snapshots that belong to one position, which the last carries: who
    ///   has not had them all must not resume from it.
    func appendSnapshot(_ position: StreamPosition?, _ json: [UInt8], to bytes: inout [UInt8])
    /// The position that was asked for is gone; a snapshot follows.
    func appendPositionLost(_ order: OrderID, asked: StreamPosition, to bytes: inout [UInt8])
    /// Nothing where the transport's own control frame serves (a WebSocket ping).
    func appendHeartbeat(_ kind: HeartbeatKind, to bytes: inout [UInt8])
    /// Nothing where the transport's own close frame serves.
    func appendClose(_ reason: CloseReason, to bytes: inout [UInt8])
}

/// How a stream's bytes are framed, below the format.
package enum Framing: UInt8, CaseIterable {
    /// As they are: HTTP/1.0, and HTTP/2, where libwebsockets makes DATA frames.
    case none
    /// One HTTP/1.1 chunk an event (RFC 9112, section 7.1).
    case chunked
    /// One unmasked text frame an event (RFC 6455, section 5.2).
    case webSocket

    /// Frames the bytes of `bytes` from `start` on, in place.
    package func frame(_ bytes: inout [UInt8], from start: Int) {
        let count = bytes.count - start
        guard count > 0 else { return }
        switch self {
        case .none: return
        case .chunked:
            bytes.insert(contentsOf: Array("\(String(count, radix: 16))\r\n".utf8), at: start)
            bytes.append(13)
            bytes.append(10)
        case .webSocket:
            var header: [UInt8] = [0x81]
            if count < 126 {
                header.append(UInt8(count))
            } else if count < 65_536 {
                header += [126, UInt8(count >> 8), UInt8(truncatingIfNeeded: count)]
            } else {
                header.append(127)
                for shift in stride(from: 56, through: 0, by: -8) {
                    header.append(UInt8(truncatingIfNeeded: count >> shift))
                }
            }
            bytes.insert(contentsOf: header, at: start)
        }
    }
}

/// A format in a framing: what bytes a subscriber gets. Subscribers of one lane share them.
struct Lane {
    let format: any StreamFormat
    let framing: Framing

    func append(to bytes: inout [UInt8], _ encode: (any StreamFormat, inout [UInt8]) -> Void) {
        let start = bytes.count
        encode(format, &bytes)
        framing.frame(&bytes, from: start)
    }

    func append(_ snapshot: OrderSnapshot, at position: StreamPosition?, to bytes: inout [UInt8]) {
        append(to: &bytes) { $0.appendSnapshot(position, snapshot.json, to: &$1) }
    }
}

extension [UInt8] {
    mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(_ position: StreamPosition) {
        appendNumber(position.epoch, radix: 16)
        append(UInt8(ascii: "-"))
        appendNumber(position.offset, radix: 10)
    }

    /// Digits without the allocation of a String: this runs once per update.
    mutating func appendNumber(_ value: UInt64, radix: UInt64) {
        let start = count
        var rest = value
        repeat {
            let digit = UInt8(rest % radix)
            append(digit < 10 ? digit + 0x30 : digit - 10 + 0x61)
            rest /= radix
        } while rest > 0
        self[start...].reverse()
    }
}
