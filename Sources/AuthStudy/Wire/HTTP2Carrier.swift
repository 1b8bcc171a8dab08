/// HTTP/2 (RFC 9113), one request a connection, on stream 1.
///
/// Header blocks are literals without indexing (RFC 7541, section 6.2.2), so that a field holds whatever bytes it is given.
package struct HTTP2Carrier: RawCarrier {
    private enum Frame {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let reset: UInt8 = 3
        static let settings: UInt8 = 4
        static let ping: UInt8 = 6
        static let goAway: UInt8 = 7
        static let continuation: UInt8 = 9
        static let endStream: UInt8 = 1
        static let endHeaders: UInt8 = 4
        static let padded: UInt8 = 8
        static let priority: UInt8 = 0x20
        static let acknowledged: UInt8 = 1
    }
    private static let largestFrame = 16_384

    private var unread: [UInt8] = []
    private var block: [UInt8] = []
    private var isOver = false

    package init() {}

    package mutating func request(_ request: RawRequest, authority: String, scheme: String) -> [UInt8] {
        var fields: [(String, String)] = [(":method", request.opensSocket ? "CONNECT" : request.method)]
        if request.opensSocket { fields.append((":protocol", "websocket")) }
        fields += [(":scheme", scheme), (":authority", authority), (":path", request.target)]
        fields += request.headers.map { ($0.name, $0.value) }
        if let body = request.body { fields.append(("content-length", "\(body.count)")) }
        var rest = fields.flatMap { HeaderBlock.literal($0.0, $0.1) }[...]
        var bytes = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + Self.frame(Frame.settings, 0, stream: 0, [])
        let ends = request.body == nil && !request.opensSocket
        var type = Frame.headers
        repeat {
            let part = rest.prefix(Self.largestFrame)
            rest = rest.dropFirst(part.count)
            let flags =
                (rest.isEmpty ? Frame.endHeaders : 0) | (type == Frame.headers && ends ? Frame.endStream : 0)
            bytes += Self.frame(type, flags, stream: 1, Array(part))
            type = Frame.continuation
        } while !rest.isEmpty
        if let body = request.body { bytes += Self.data(body, ends: true) }
        return bytes
    }

    package func content(_ bytes: [UInt8]) -> [UInt8] { Self.data(bytes, ends: false) }

    package mutating func receive(_ bytes: [UInt8]) -> [RawEvent] {
        unread += bytes
        var events: [RawEvent] = []
        while !isOver, unread.count >= 9 {
            let length = Int(unread[0]) << 16 | Int(unread[1]) << 8 | Int(unread[2])
            guard unread.count >= 9 + length else { break }
            let (type, flags) = (unread[3], unread[4])
            let payload = Array(unread[9..<(9 + length)])
            unread.removeFirst(9 + length)
            events += take(type, flags, payload)
        }
        return events
    }

    private mutating func take(_ type: UInt8, _ flags: UInt8, _ payload: [UInt8]) -> [RawEvent] {
        var content = payload[...]
        if type == Frame.data || type == Frame.headers, flags & Frame.padded != 0, let padding = content.popFirst() {
            content = content.dropLast(Int(padding))
        }
        switch type {
        case Frame.data:
            // What was taken is given back, so that a long answer does not stall (section 5.2).
            var events: [RawEvent] = content.isEmpty ? [] : [.content(Array(content))]
            if !payload.isEmpty { events.append(.reply(Self.windowUpdate(payload.count))) }
            return events + (flags & Frame.endStream != 0 ? over(.complete) : [])
        case Frame.headers, Frame.continuation:
            if type == Frame.headers, flags & Frame.priority != 0 { content = content.dropFirst(5) }
            block += content
            var events: [RawEvent] = []
            if flags & Frame.endHeaders != 0 {
                let fields = HeaderBlock.fields(block)
                block = []
                let status = fields.first { $0.name == ":status" }.flatMap { Int($0.value) } ?? 0
                events.append(.header(status: status, fields: fields.filter { !$0.name.hasPrefix(":") }))
            }
            return events + (type == Frame.headers && flags & Frame.endStream != 0 ? over(.complete) : [])
        case Frame.reset: return over(.reset(Self.number(content.prefix(4))))
        case Frame.goAway: return over(.reset(Self.number(content.dropFirst(4).prefix(4))))
        case Frame.settings where flags & Frame.acknowledged == 0:
            return [.reply(Self.frame(Frame.settings, Frame.acknowledged, stream: 0, []))]
        case Frame.ping where flags & Frame.acknowledged == 0:
            return [.reply(Self.frame(Frame.ping, Frame.acknowledged, stream: 0, payload))]
        default: return []
        }
    }

    private mutating func over(_ event: RawEvent) -> [RawEvent] {
        isOver = true
        return [event]
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

    private static func data(_ bytes: [UInt8], ends: Bool) -> [UInt8] {
        var rest = bytes[...]
        var frames: [UInt8] = []
        repeat {
            let part = rest.prefix(largestFrame)
            rest = rest.dropFirst(part.count)
            frames += frame(Frame.data, rest.isEmpty && ends ? Frame.endStream : 0, stream: 1, Array(part))
        } while !rest.isEmpty
        return frames
    }

    private static func windowUpdate(_ count: Int) -> [UInt8] {
        let increment = (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
        return frame(8, 0, stream: 0, increment) + frame(8, 0, stream: 1, increment)
    }

    private static func frame(_ type: UInt8, _ flags: UInt8, stream: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let count = payload.count
        return [
            UInt8(truncatingIfNeeded: count >> 16), UInt8(truncatingIfNeeded: count >> 8),
            UInt8(truncatingIfNeeded: count), type, flags, 0, 0, 0, stream,
        ] + payload
    }
}
