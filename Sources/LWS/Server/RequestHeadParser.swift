/// Checks the head of a request over HTTP/1.1 strictly (RFC 9110, RFC 9112), in pieces of any size.
///
/// It imports nothing, so that a fuzzer can be built from these files alone. The work is proportional to the bytes,
/// however often a growing head is passed in, and the verdict does not depend on where it was cut.
package struct RequestHeadParser: Sendable {
    package enum Verdict: Sendable {
        /// What has come is valid, and more must come.
        case incomplete
        /// `end` is the offset where the head ends and a body may begin.
        case accepted(RequestHead, end: Int)
        case rejected(RequestRejection)
    }

    /// The maximum size of a head, including its empty line.
    private let limit: Int
    private var lineStart = 0
    /// There is no line end between `lineStart` and this offset.
    private var scanned = 0
    private var line: RequestLine?
    /// The target as it was sent, for the log.
    private var target = 0..<0
    private var fields: [RequestHead.Field] = []

    package init(limit: Int) {
        self.limit = limit
    }

    /// - Parameter bytes: everything that has come of the request, from its first byte. What follows the head is
    ///   ignored.
    package mutating func parse(_ bytes: [UInt8]) -> Verdict {
        while true {
            if line == nil, bytes.count > lineStart, !Self.beginsLine(bytes[lineStart]) {
                return rejected(.requestLine, in: bytes)
            }
            guard let lineFeed = Self.first(0x0A, in: bytes, scanned..<bytes.count), lineFeed < limit else {
                scanned = bytes.count
                guard bytes.count >= limit else { return .incomplete }
                return rejected(line == nil ? .requestLineLength : .headLength, in: bytes)
            }
            let end = lineFeed - 1
            guard Self.first(0x0D, in: bytes, lineStart..<lineFeed) == end else { return rejected(.lineEnd, in: bytes) }
            let text = lineStart..<end
            lineStart = lineFeed + 1
            scanned = lineStart
            if let line {
                if text.isEmpty { return finish(line, bytes) }
                if let rejection = takeField(text, bytes) { return .rejected(rejection) }
            } else if !text.isEmpty {
                // An empty line before a request is ignored (RFC 9112, section 2.2).
                if let rejection = takeRequestLine(bytes[text], bytes) { return .rejected(rejection) }
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

    /// Whether a request may begin with this byte: that of a method, or of an empty line. Other bytes, such as a TLS
    /// handshake, may never have a line end.
    private static func beginsLine(_ byte: UInt8) -> Bool {
        byte.isTokenCharacter || byte == 0x0D || byte == 0x0A
    }

    private static func first(_ wanted: UInt8, in bytes: [UInt8], _ range: Range<Int>) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            for index in range where bytes[index] == wanted { return index }
            return nil
        }
    }

    private mutating func takeField(_ text: Range<Int>, _ bytes: [UInt8]) -> RequestRejection? {
        // A line that is no field is named by the previous field: it may be a part of that, and so of a credential.
        func named(_ rule: RequestRule) -> RequestRejection {
            rejection(rule, field: fields.last.map { Self.name(of: $0, in: bytes) } ?? "", in: bytes)
        }
        if bytes[text.lowerBound].isBlank { return named(.lineFolding) }
        guard let colon = Self.first(UInt8(ascii: ":"), in: bytes, text) else { return named(.fieldLine) }
        let name = text.lowerBound..<colon
        guard !name.isEmpty, name.allSatisfy({ bytes[$0].isTokenCharacter }) else {
            return rejection(
                .fieldName, field: Self.printable(bytes[name].prefix(while: \.isTokenCharacter)), in: bytes)
        }
        var (start, end) = (colon + 1, text.upperBound)
        while start < end, bytes[start].isBlank { start += 1 }
        while start < end, bytes[end - 1].isBlank { end -= 1 }
        guard (start..<end).allSatisfy({ bytes[$0].isFieldText }) else {
            return rejection(.fieldValue, field: Self.printable(bytes[name]), in: bytes)
        }
        fields.append(RequestHead.Field(name: name, value: start..<end))
        return nil
    }

    private func finish(_ line: RequestLine, _ bytes: [UInt8]) -> Verdict {
        var head = RequestHead(
            bytes: bytes.count == lineStart ? bytes : Array(bytes[..<lineStart]), fields: fields, line: line)
        let hosts = head.ranges(of: "host").map { bytes[$0] }
        guard hosts.count < 2 else { return rejected(.hostTwice, field: "Host", in: bytes) }
        guard !hosts.isEmpty || line.isHTTP10 else { return rejected(.hostMissing, field: "Host", in: bytes) }
        guard hosts.allSatisfy(HostValue.isValid) else { return rejected(.host, field: "Host", in: bytes) }
        if let host = line.authority.map({ bytes[$0] }) ?? hosts.first, !host.isEmpty {
            head.host = String(decoding: host, as: UTF8.self)
        }
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

    /// A part of what a peer sent, made printable for the log.
    private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix(64), as: UTF8.self)
    }
}
