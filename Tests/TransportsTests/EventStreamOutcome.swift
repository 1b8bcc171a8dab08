import Transports

/// What came of an event stream, for comparison.
struct StreamOutcome {
    struct Event: Equatable, Decodable, Sendable {
        var type: String
        var data: String
        var lastEventId: String
    }

    var events: [Event] = []
    var lastEventID = ""
    var retry: Int?
    var comments: [String] = []

    init() {}

    /// What the parser makes of a stream that comes in these pieces.
    init(parsing pieces: [[UInt8]], limit: Int = 1024 * 1024) throws {
        var parser = EventStreamParser(limit: limit)
        for piece in pieces {
            // A copy that ends with the call: a pointer that outlives it would show.
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: piece.count, alignment: 1)
            defer { copy.deallocate() }
            copy.copyBytes(from: piece)
            try parser.parse(UnsafeRawBufferPointer(copy)) { item in
                switch item {
                case .retry(let milliseconds):
                    retry = milliseconds
                case .comment(let text):
                    comments.append(String(decoding: text, as: UTF8.self))
                case .event(let event):
                    let type = String(decoding: event.type, as: UTF8.self)
                    events.append(
                        Event(
                            type: type.isEmpty ? "message" : type, data: String(decoding: event.data, as: UTF8.self),
                            lastEventId: String(decoding: event.lastEventID, as: UTF8.self)))
                }
                return true
            }
        }
        lastEventID = String(decoding: parser.lastEventID, as: UTF8.self)
    }
}
