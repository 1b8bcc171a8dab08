/// The fields of a message's head that decide its framing (RFC 9112, section 6).
struct HTTPHead: Sendable {
    /// The method of a request.
    let method: String
    /// The status of a response; nil where the first line is not a status line.
    let status: Int?
    let isChunked: Bool
    let contentLength: Int?

    /// - Parameter text: the head with the empty line at its end.
    init(_ text: [UInt8]) {
        let lines = Self.lines(text)
        let first = (lines.first ?? []).split(separator: UInt8(ascii: " "), maxSplits: 2)
        method = first.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        status =
            first.count >= 2 && first[0].starts(with: "HTTP/1.".utf8)
            ? Int(String(decoding: first[1], as: UTF8.self)) : nil
        var isChunked = false
        var contentLength: Int?
        for line in lines.dropFirst() {
            switch Self.name(line) {
            case "transfer-encoding": isChunked = Self.value(line).hasSuffix("chunked")
            case "content-length": contentLength = Int(Self.value(line)).flatMap { $0 >= 0 ? $0 : nil }
            default: break
            }
        }
        self.isChunked = isChunked
        self.contentLength = contentLength
    }

    /// The lines of a head without their ends.
    static func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        text.split(separator: UInt8(ascii: "\n")).map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
            .filter { !$0.isEmpty }
    }

    /// A field's name in lower case.
    static func name(_ line: ArraySlice<UInt8>) -> String {
        String(decoding: line.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self).lowercased()
    }

    /// A field's value in lower case, without the spaces around it.
    private static func value(_ line: ArraySlice<UInt8>) -> String {
        let value = line.drop { $0 != UInt8(ascii: ":") }.dropFirst().drop { $0 == 0x20 || $0 == 0x09 }
        let trimmed = value.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed()
        return String(decoding: Array(trimmed), as: UTF8.self).lowercased()
    }
}
