import LWS

/// HTTP/2 (RFC 9113) with one request for each connection, on stream 1.
///
/// Header blocks are literals without indexing (RFC 7541, section 6.2.2), so that a field can contain any bytes.
package struct HTTP2Carrier: RawCarrier {
    private typealias Flag = HTTP2Frame.Flag
    private typealias Kind = HTTP2Frame.Kind

    private let decoder = FieldSectionDecoder()
    /// The fields of the section that is being read.
    private var fields: [RawField] = []
    private var endsWithHead = false
    private var unread: [UInt8] = []
    private var isOver = false

    package init() {}

    package mutating func request(_ request: RawRequest, authority: String, scheme: String) -> [UInt8] {
        var fields: [(String, String)] = [(":method", request.opensSocket ? "CONNECT" : request.method)]
        if request.opensSocket { fields.append((":protocol", "websocket")) }
        fields += [(":scheme", scheme), (":authority", authority), (":path", request.target)]
        fields += request.headers.map { ($0.name, $0.value) }
        if let body = request.body { fields.append(("content-length", "\(body.count)")) }
        var rest = fields.flatMap { HeaderBlock.literal($0.0, $0.1) }[...]
        var bytes = HTTP2Frame.preface + HTTP2Frame(kind: Kind.settings).encoded
        let ends = request.body == nil && !request.opensSocket
        var kind = Kind.headers
        repeat {
            let part = rest.prefix(HTTP2Frame.largestPayload)
            rest = rest.dropFirst(part.count)
            let flags = (rest.isEmpty ? Flag.endsHeaders : 0) | (kind == Kind.headers && ends ? Flag.endsStream : 0)
            bytes += HTTP2Frame(kind: kind, flags: flags, stream: 1, payload: part).encoded
            kind = Kind.continuation
        } while !rest.isEmpty
        if let body = request.body { bytes += Self.data(body, ends: true) }
        return bytes
    }

    package func content(_ bytes: [UInt8]) -> [UInt8] { Self.data(bytes, ends: false) }

    package mutating func receive(_ bytes: [UInt8]) -> [RawEvent] {
        unread += bytes
        var events: [RawEvent] = []
        do {
            while !isOver, let frame = try HTTP2Frame(at: unread[...]) {
                unread.removeFirst(HTTP2Frame.headerBytes + frame.payload.count)
                events += try take(frame)
            }
        } catch {
            // The exchange ends with the error code that the server would be sent.
            events += over(.reset(error.code.rawValue))
        }
        return events
    }

    private mutating func take(_ frame: HTTP2Frame) throws(HTTP2Frame.ConnectionError) -> [RawEvent] {
        // Padding counts (section 6.9.1).
        let bytes = frame.payload.count
        var frame = frame
        if frame.kind == Kind.data || frame.kind == Kind.headers { try frame.trim() }
        switch frame.kind {
        case Kind.data:
            // The window is refilled, so that a long answer does not stall (section 5.2).
            var events: [RawEvent] = frame.payload.isEmpty ? [] : [.content(Array(frame.payload))]
            if bytes > 0 { events.append(.reply(Self.windowUpdates(bytes))) }
            return events + (frame.has(Flag.endsStream) ? over(.complete) : [])
        case Kind.headers, Kind.continuation:
            if frame.kind == Kind.headers { (fields, endsWithHead) = ([], frame.has(Flag.endsStream)) }
            return try takeSection(frame)
        case Kind.reset: return over(.reset(HTTP2Frame.number(frame.payload.prefix(4))))
        case Kind.goAway: return over(.reset(HTTP2Frame.number(frame.payload.dropFirst(4).prefix(4))))
        case Kind.settings where !frame.has(Flag.acknowledges):
            return [.reply(HTTP2Frame(kind: Kind.settings, flags: Flag.acknowledges).encoded)]
        case Kind.ping where !frame.has(Flag.acknowledges):
            return [.reply(HTTP2Frame(kind: Kind.ping, flags: Flag.acknowledges, payload: frame.payload).encoded)]
        default: return []
        }
    }

    private mutating func takeSection(_ frame: HTTP2Frame) throws(HTTP2Frame.ConnectionError) -> [RawEvent] {
        var found = fields
        do {
            try decoder.decode(frame.payload, isLast: frame.has(Flag.endsHeaders)) { name, value in
                found.append(
                    RawField(name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self))
                )
            }
        } catch {
            throw HTTP2Frame.ConnectionError(.compression, "an answer that cannot be decoded (RFC 9113, section 4.3)")
        }
        fields = found
        guard frame.has(Flag.endsHeaders) else { return [] }
        let status = fields.first { $0.name == ":status" }.flatMap { Int($0.value) } ?? 0
        let head = RawEvent.header(status: status, fields: fields.filter { !$0.name.hasPrefix(":") })
        return [head] + (endsWithHead ? over(.complete) : [])
    }

    private mutating func over(_ event: RawEvent) -> [RawEvent] {
        isOver = true
        return [event]
    }

    private static func data(_ bytes: [UInt8], ends: Bool) -> [UInt8] {
        var rest = bytes[...]
        var frames: [UInt8] = []
        repeat {
            let part = rest.prefix(HTTP2Frame.largestPayload)
            rest = rest.dropFirst(part.count)
            let flags = rest.isEmpty && ends ? Flag.endsStream : 0
            frames += HTTP2Frame(kind: Kind.data, flags: flags, stream: 1, payload: part).encoded
        } while !rest.isEmpty
        return frames
    }

    private static func windowUpdates(_ count: Int) -> [UInt8] {
        [0, 1].flatMap { stream in
            HTTP2Frame(kind: Kind.windowUpdate, stream: stream, payload: HTTP2Frame.bytes(UInt32(count))[...]).encoded
        }
    }
}
