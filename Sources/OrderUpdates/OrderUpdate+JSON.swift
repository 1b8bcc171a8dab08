import Clocks

extension OrderUpdate {
    /// Appends the update as one JSON object (RFC 8259). Its members have the same order over every transport.
    ///
    /// `reason` is `null` where the order did not fail; `timestamp` is in RFC 3339 with nanoseconds. The text has
    /// no line break, so that it fits into one `data:` line of an event stream.
    public func appendJSON(to bytes: inout [UInt8]) {
        bytes.append(#"{"orderId":""#)
        bytes.append(verbatim: orderID.description)
        bytes.append(#"","status":""#)
        bytes.append(verbatim: status.rawValue)
        bytes.append(#"","activationStatus":""#)
        bytes.append(verbatim: activationStatus.rawValue)
        bytes.append(#"","stage":""#)
        bytes.append(escaping: stage)
        bytes.append(#"","message":""#)
        bytes.append(escaping: message)
        if let reason {
            bytes.append(#"","reason":""#)
            bytes.append(escaping: reason)
            bytes.append(#"","source":""#)
        } else {
            bytes.append(#"","reason":null,"source":""#)
        }
        bytes.append(escaping: source)
        bytes.append(#"","timestamp":""#)
        Timestamp.append(timestamp, to: &bytes)
        bytes.append(#""}"#)
    }

    /// The update as JSON, in an array without spare capacity, because it stays in memory as long as the history
    /// does.
    func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            Self.fixedBytes + orderID.description.utf8.count + stage.utf8.count + message.utf8.count
                + (reason?.utf8.count ?? 0) + source.utf8.count)
        appendJSON(to: &bytes)
        return bytes
    }

    /// Bytes of the member names, the punctuation, the longest statuses and the time stamp.
    private static let fixedBytes = 113 + 20 + Timestamp.length
}

extension [UInt8] {
    fileprivate mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    fileprivate mutating func append(verbatim text: String) {
        append(contentsOf: text.utf8)
    }

    /// Appends the inside of a JSON string (RFC 8259, section 7): escapes the quotation mark, the backslash and the
    /// control characters, and nothing else.
    fileprivate mutating func append(escaping text: String) {
        var text = text
        text.withUTF8 { utf8 in
            var start = 0
            for index in utf8.indices where utf8[index] < 0x20 || utf8[index] == 0x22 || utf8[index] == 0x5C {
                append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index]))
                append(escapeOf: utf8[index])
                start = index + 1
            }
            append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start...]))
        }
    }

    private mutating func append(escapeOf byte: UInt8) {
        switch byte {
        case 0x22: append(#"\""#)
        case 0x5C: append(#"\\"#)
        case 0x08: append(#"\b"#)
        case 0x09: append(#"\t"#)
        case 0x0A: append(#"\n"#)
        case 0x0C: append(#"\f"#)
        case 0x0D: append(#"\r"#)
        default:
            append(#"\u00"#)
            append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            let low = byte & 0x0F
            append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        }
    }
}
