/// Judges the head of a request over HTTP/1.1, strictly (RFC 9110, RFC 9112), in any pieces.
///
/// It imports nothing, so that a fuzzer can be built from these files alone. Each byte is looked at once, however often the head is
/// handed in again as it grows, and the verdict does not depend on where it was cut.
package struct RequestHeadParser: Sendable {
    package enum Verdict: Sendable {
        /// All that has come is right, and there is more to come.
        case incomplete
        /// `end` is where the head ends, and a body may begin.
        case accepted(RequestHead, end: Int)
        case rejected(RequestRejection)
    }

    /// The most bytes that a head may have, its empty line included.
    private let limit: Int
    private var lineStart = 0
    /// There is no line end between `lineStart` and here.
    private var scanned = 0
    private var line: RequestLine?
    /// The target as it was sent, for the log.
    private var target = 0..<0
    private var fields: [RequestHead.Field] = []

    package init(limit: Int) {
        self.limit = limit
    }

    /// - Parameter bytes: all that has come of the request, from its first byte. What follows the head is not looked at.
    package mutating func parse(_ bytes: [UInt8]) -> Verdict {
        while true {
            if line == nil, bytes.count > lineStart, !Self.beginsLine(bytes[lineStart]) {
                return rejected(.requestLine, in: bytes)
            }
            guard let lineFeed = Self.lineFeed(in: bytes, from: scanned), lineFeed < limit else {
                scanned = bytes.count
                guard bytes.count >= limit else { return .incomplete }
                return rejected(line == nil ? .requestLineLength : .headLength, in: bytes)
            }
            let content = bytes[lineStart..<lineFeed]
            guard content.last == 0x0D, content.dropLast().allSatisfy({ $0 != 0x0D }) else {
                return rejected(.lineEnd, in: bytes)
            }
            let text = content.dropLast()
            lineStart = lineFeed + 1
            scanned = lineStart
            if let line {
                if text.isEmpty { return finish(line, bytes) }
                if let rejection = takeField(text, bytes) { return .rejected(rejection) }
            } else if !text.isEmpty {
                // An empty line in front of a request is ignored (RFC 9112, section 2.2).
                if let rejection = takeRequestLine(text, bytes) { return .rejected(rejection) }
            }
        }
    }

    private mutating func takeRequestLine(_ text: ArraySlice<UInt8>, _ bytes: [UInt8]) -> RequestRejection? {
        if let space = text.firstIndex(of: 0x20) {
            let rest = text[(space + 1)...]
            target = rest.startIndex..<(rest.firstIndex { $0 == 0x20 || $0 == UInt8(ascii: "?") } ?? rest.endIndex)
        }
        switch RequestLine.parse(text) {
        case .failure(let rule): return rejection(rule, in: bytes)
        case .success(let parsed): line = parsed
        }
        return nil
    }

    /// What a request begins with: a method, or an empty line. What is not even that (a TLS handshake) need not send a line.
    private static func beginsLine(_ byte: UInt8) -> Bool {
        byte.isTokenCharacter || byte == 0x0D || byte == 0x0A
    }

    private static func lineFeed(in bytes: [UInt8], from start: Int) -> Int? {
        start < bytes.count ? bytes[start...].firstIndex(of: 0x0A) : nil
    }

    private mutating func takeField(_ text: ArraySlice<UInt8>, _ bytes: [UInt8]) -> RequestRejection? {
        if text.first?.isBlank == true {
            return rejection(.lineFolding, field: fields.last.map { Self.name(of: $0, in: bytes) } ?? "", in: bytes)
        }
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else {
            return rejection(.fieldLine, field: Self.printable(text), in: bytes)
        }
        let name = text[..<colon]
        guard !name.isEmpty, name.allSatisfy(\.isTokenCharacter) else {
            return rejection(.fieldName, field: Self.printable(name), in: bytes)
        }
        var value = text[(colon + 1)...]
        while value.first?.isBlank == true { value = value.dropFirst() }
        while value.last?.isBlank == true { value = value.dropLast() }
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            return rejection(.fieldValue, field: Self.printable(name), in: bytes)
        }
        fields.append(RequestHead.Field(name: name.startIndex..<colon, value: value.startIndex..<value.endIndex))
        return nil
    }

    private func finish(_ line: RequestLine, _ bytes: [UInt8]) -> Verdict {
        let raw = Array(bytes[..<lineStart])
        let values = fields.filter { RequestHead.isNamed("host", bytes[$0.name]) }.map { bytes[$0.value] }
        guard values.count < 2 else { return rejected(.hostTwice, field: "Host", in: bytes) }
        guard !values.isEmpty || line.isHTTP10 else { return rejected(.hostMissing, field: "Host", in: bytes) }
        guard values.allSatisfy(HostValue.isValid) else { return rejected(.host, field: "Host", in: bytes) }
        let named = line.authority.map { bytes[$0] } ?? values.first
        let host = named.map { String(decoding: $0, as: UTF8.self) }
        var head = RequestHead(bytes: raw, fields: fields, line: line, host: host?.isEmpty == true ? nil : host)
        if let (rule, field) = head.judge() { return rejected(rule, field: field, in: bytes) }
        return .accepted(head, end: lineStart)
    }

    private static func name(of field: RequestHead.Field, in bytes: [UInt8]) -> String {
        String(decoding: bytes[field.name], as: UTF8.self)
    }

    private func rejected(_ rule: RequestRule, field: String = "", in bytes: [UInt8]) -> Verdict {
        .rejected(rejection(rule, field: field, in: bytes))
    }

    private func rejection(_ rule: RequestRule, field: String = "", in bytes: [UInt8]) -> RequestRejection {
        RequestRejection(rule, field: field, path: Self.printable(bytes[target]), method: line?.method ?? "")
    }

    /// A part of what a peer sent, for the log.
    private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix(64), as: UTF8.self)
    }
}
