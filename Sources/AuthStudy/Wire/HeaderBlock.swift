/// HPACK (RFC 7541) as far as one request and its answer need it.
package enum HeaderBlock {
    /// A literal field without indexing and without Huffman coding (section 6.2.2).
    package static func literal(_ name: String, _ value: String) -> [UInt8] {
        [0] + text(name) + text(value)
    }

    /// The fields of the first block of a connection, whose dynamic table is empty. A value in Huffman coding, which
    /// libwebsockets does not use, is left empty.
    package static func fields(_ block: [UInt8]) -> [RawField] {
        var rest = block[...]
        var fields: [RawField] = []
        while let first = rest.first {
            if first & 0x80 != 0 {
                let index = integer(&rest, prefix: 7)
                if let status = statuses[index] { fields.append(RawField(name: ":status", value: status)) }
            } else if first & 0xE0 == 0x20 {
                // The size of the dynamic table (section 6.3).
                _ = integer(&rest, prefix: 5)
            } else {
                let index = integer(&rest, prefix: first & 0xC0 == 0x40 ? 6 : 4)
                let name = index == 0 ? string(&rest) : statuses[index] == nil ? "" : ":status"
                fields.append(RawField(name: name.lowercased(), value: string(&rest)))
            }
        }
        return fields
    }

    /// Of the static table (appendix A), what says a status.
    private static let statuses = [8: "200", 9: "204", 10: "206", 11: "304", 12: "400", 13: "404", 14: "500"]

    private static func text(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return integer(bytes.count, prefix: 7) + bytes
    }

    private static func string(_ rest: inout ArraySlice<UInt8>) -> String {
        let isHuffman = rest.first.map { $0 & 0x80 != 0 } ?? false
        let count = integer(&rest, prefix: 7)
        let bytes = rest.prefix(count)
        rest = rest.dropFirst(count)
        return isHuffman ? "" : String(decoding: bytes, as: UTF8.self)
    }

    /// Section 5.1.
    private static func integer(_ rest: inout ArraySlice<UInt8>, prefix: Int) -> Int {
        guard let first = rest.popFirst() else { return 0 }
        let limit = 1 << prefix - 1
        var value = Int(first) & limit
        guard value == limit else { return value }
        var shift = 0
        while let byte = rest.popFirst(), shift < 28 {
            value += Int(byte & 0x7F) << shift
            shift += 7
            if byte & 0x80 == 0 { break }
        }
        return value
    }

    private static func integer(_ value: Int, prefix: Int) -> [UInt8] {
        let limit = 1 << prefix - 1
        guard value >= limit else { return [UInt8(value)] }
        var bytes = [UInt8(limit)]
        var rest = value - limit
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
