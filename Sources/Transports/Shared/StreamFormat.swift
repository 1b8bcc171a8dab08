import Compression
public import OrderUpdates
public import TransportCore

/// The form of a stream's events on the wire, whatever carries them: the text of an SSE event, or of a WebSocket
/// message.
///
/// An event is encoded once for each loop, and not for each subscriber. The payload `json` is written unchanged.
public protocol StreamFormat: Sendable {
    /// The media type of the response; unused for WebSocket.
    var contentType: String { get }
    /// The beginning of a stream.
    var opening: [UInt8] { get }

    func appendUpdate(_ position: StreamPosition, _ json: [UInt8], to bytes: inout [UInt8])
    /// - Parameter position: nil for all but the last of several snapshots that belong to one position, because a
    ///   reader that does not have them all must not resume from it.
    func appendSnapshot(_ position: StreamPosition?, _ json: [UInt8], to bytes: inout [UInt8])
    /// The position that was asked for is lost; a snapshot follows.
    func appendPositionLost(_ order: OrderID, asked: StreamPosition, to bytes: inout [UInt8])
    /// Appends nothing where the transport's own control frame is used (a WebSocket ping).
    func appendHeartbeat(_ kind: HeartbeatKind, to bytes: inout [UInt8])
    /// Appends nothing where the transport's own close frame is used.
    func appendClose(_ reason: CloseReason, to bytes: inout [UInt8])
}

/// The framing of a stream's bytes, below the format.
package enum Framing: UInt8, CaseIterable {
    /// No framing: HTTP/1.0, and HTTP/2, where libwebsockets makes DATA frames.
    case none
    /// One HTTP/1.1 chunk for each event (RFC 9112, section 7.1).
    case chunked
    /// One unmasked text frame for each event (RFC 6455, section 5.2).
    case webSocket

    /// Frames the bytes of `bytes` from `start` on, in place.
    /// - Parameter isCompressed: whether the message of a WebSocket is compressed, which its frame says (RFC 7692,
    ///   section 6).
    package func frame(_ bytes: inout [UInt8], from start: Int, isCompressed: Bool = false) {
        let count = bytes.count - start
        guard count > 0 else { return }
        switch self {
        case .none: return
        case .chunked:
            let digits = (Int.bitWidth - count.leadingZeroBitCount + 3) / 4
            bytes.insert(contentsOf: repeatElement(0, count: digits + 2), at: start)
            for place in 0..<digits {
                bytes[start + place] = UInt8(count >> (4 * (digits - 1 - place)) & 0xF).digit
            }
            bytes[start + digits] = 13
            bytes[start + digits + 1] = 10
            bytes.append(13)
            bytes.append(10)
        case .webSocket:
            let lengthBytes = count < 126 ? 0 : count < 65_536 ? 2 : 8
            bytes.insert(contentsOf: repeatElement(isCompressed ? 0xC1 : 0x81, count: 2 + lengthBytes), at: start)
            bytes[start + 1] = count < 126 ? UInt8(count) : count < 65_536 ? 126 : 127
            for place in 0..<lengthBytes {
                bytes[start + 2 + place] = UInt8(truncatingIfNeeded: count >> (8 * (lengthBytes - 1 - place)))
            }
        }
    }
}

/// A format with a framing: the bytes that a subscriber gets. Subscribers with the same encoding share them.
struct WireEncoding {
    let format: any StreamFormat
    let framing: Framing
    /// Compresses the messages of a WebSocket; nil for no compression.
    let deflater: MessageDeflater?

    func append(to bytes: inout [UInt8], _ encode: (any StreamFormat, inout [UInt8]) -> Void) {
        let start = bytes.count
        encode(format, &bytes)
        let isCompressed = deflater?.compress(&bytes, from: start) ?? false
        framing.frame(&bytes, from: start, isCompressed: isCompressed)
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

    /// Without the allocation of a String, because this runs once for each update. Inlined, because a division by a
    /// constant is fast.
    @inline(__always)
    private mutating func appendNumber(_ value: UInt64, radix: UInt64) {
        let start = count
        var rest = value
        repeat {
            append(UInt8(rest % radix).digit)
            rest /= radix
        } while rest > 0
        self[start...].reverse()
    }
}

extension UInt8 {
    /// The character for a number below 16.
    fileprivate var digit: UInt8 { self < 10 ? self + 0x30 : self - 10 + 0x61 }
}
