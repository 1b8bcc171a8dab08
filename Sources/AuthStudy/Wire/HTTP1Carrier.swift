/// HTTP/1.1 (RFC 9112) with one request for each connection.
package struct HTTP1Carrier: RawCarrier {
    private enum State {
        case header
        case counted(Int)
        case chunkSize
        case chunk(Int)
        case untilEnd
        case over
    }
    private var state = State.header
    private var unread: [UInt8] = []

    package init() {}

    package mutating func request(_ request: RawRequest, authority: String, scheme: String) -> [UInt8] {
        var text = "\(request.method) \(request.target) HTTP/1.1\r\nhost: \(authority)\r\n"
        if request.opensSocket { text += "upgrade: websocket\r\nconnection: upgrade\r\n" }
        for field in request.headers { text += "\(field.name): \(field.value)\r\n" }
        if let body = request.body { text += "content-length: \(body.count)\r\n" }
        return Array((text + "\r\n").utf8) + (request.body ?? [])
    }

    package func content(_ bytes: [UInt8]) -> [UInt8] { bytes }

    package mutating func receive(_ bytes: [UInt8]) -> [RawEvent] {
        unread += bytes
        var events: [RawEvent] = []
        while let event = next() { events.append(event) }
        return events
    }

    private mutating func next() -> RawEvent? {
        switch state {
        case .header: return header()
        case .counted(0):
            state = .over
            return .complete
        case .counted(let left):
            guard let bytes = take(atMost: left) else { return nil }
            state = .counted(left - bytes.count)
            return .content(bytes)
        case .chunkSize:
            guard let line = takeLine() else { return nil }
            // The line end of the previous chunk.
            if line.isEmpty { return next() }
            // Where a size is invalid, nothing more can be understood, but the answer may continue.
            let size = HTTP1Carrier.number(line.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }, radix: 16)
            state = size.map { $0 == 0 ? .over : .chunk($0) } ?? .over
            return size == nil ? nil : size == 0 ? .complete : next()
        case .chunk(let left):
            guard let bytes = take(atMost: left) else { return nil }
            state = bytes.count == left ? .chunkSize : .chunk(left - bytes.count)
            return .content(bytes)
        case .untilEnd: return take(atMost: .max).map { .content($0) }
        case .over: return nil
        }
    }

    private mutating func header() -> RawEvent? {
        let end = Array("\r\n\r\n".utf8)
        guard let last = unread.indices.first(where: { unread[$0...].starts(with: end) }) else { return nil }
        let lines = String(decoding: unread[..<last], as: UTF8.self).split(separator: "\r\n")
        unread.removeFirst(last + end.count)
        let status = lines.first.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) } ?? 0
        let fields = lines.dropFirst().map { line in
            let name = line.prefix { $0 != ":" }
            return RawField(
                name: name.lowercased(), value: String(line.dropFirst(name.count + 1).drop { $0 == " " }))
        }
        func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }
        if status == 101 {
            state = .untilEnd
        } else if status == 204 || status == 304 {
            state = .counted(0)
        } else if value("transfer-encoding") == "chunked" {
            state = .chunkSize
        } else {
            state =
                value("content-length").map { text in
                    HTTP1Carrier.number(text, radix: 10).map { .counted($0) } ?? .over
                } ?? .untilEnd
        }
        return .header(status: status, fields: fields)
    }

    /// Accepts only digits: `Int` also accepts a sign, and a negative count would trap.
    private static func number(_ text: some StringProtocol, radix: Int) -> Int? {
        guard let first = text.first, first.isHexDigit else { return nil }
        return Int(text, radix: radix)
    }

    private mutating func take(atMost count: Int) -> [UInt8]? {
        guard !unread.isEmpty else { return nil }
        let bytes = Array(unread.prefix(count))
        unread.removeFirst(bytes.count)
        return bytes
    }

    private mutating func takeLine() -> String? {
        guard let end = unread.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let line = unread[..<end].filter { $0 != UInt8(ascii: "\r") }
        unread.removeFirst(end + 1)
        return String(decoding: line, as: UTF8.self)
    }
}
