import Glibc

/// Reads an event stream (WHATWG HTML, sections 9.2.5 and 9.2.6), in pieces of any size.
///
/// An event that is complete in a piece is passed on without a copy; only parts of events are collected. The end of
/// the stream needs no call: an event without its empty line is discarded.
public struct EventStreamParser {
    public struct Event {
        /// The value of the last `event` field; empty stands for `message`.
        public let type: UnsafeRawBufferPointer
        /// The values of the `data` fields, joined by line feeds.
        public let data: UnsafeRawBufferPointer
        /// The `id` field of this event; nil where it has none. The id of the last event then stays.
        public let id: UnsafeRawBufferPointer?
        /// The id that a page sees with the event: its own, or the latest one before; empty where there was none.
        public let lastEventID: UnsafeRawBufferPointer
    }

    /// A part of the stream. Its pointers are valid during the call only.
    public enum Item {
        case event(Event)
        /// What follows the colon in a comment's line.
        case comment(UnsafeRawBufferPointer)
        /// The stream sets the time to wait before a reconnect, whatever happens to the event that contains the
        /// field.
        case retry(milliseconds: Int)
    }

    /// An event with its comments exceeds the limit.
    public struct EventTooLarge: Error, Equatable {
        public let limit: Int
        public init(limit: Int) { self.limit = limit }
    }

    /// The id of the last event, as a reconnect sends it (section 9.2.4). Events that were cut off do not change it.
    public private(set) var lastEventID: [UInt8] = []

    private let limit: Int
    /// The beginning of an incomplete event.
    private var cut: [UInt8] = []
    private var lines = LineScanner()
    private var isAtStart = true
    // The event that is being read.
    private var joined: [UInt8] = []

    /// - Parameter limit: the maximum size of an event in bytes; the default is 1 MiB.
    public init(limit: Int = 1024 * 1024) {
        self.limit = limit
    }

    /// Passes on the events and comments that `bytes` completes. `emit` returns whether to continue; once it has
    /// returned false, or after an error, the parser must not be used again.
    public mutating func parse(_ bytes: UnsafeRawBufferPointer, _ emit: (Item) -> Bool) throws(EventTooLarge) {
        var rest = bytes
        while !rest.isEmpty {
            guard let end = lines.endOfEvent(in: rest) else {
                guard rest.count <= limit - cut.count else { throw EventTooLarge(limit: limit) }
                cut.append(contentsOf: rest)
                return
            }
            guard end <= limit - cut.count else { throw EventTooLarge(limit: limit) }
            let event = UnsafeRawBufferPointer(rebasing: rest[..<end])
            rest = UnsafeRawBufferPointer(rebasing: rest[end...])
            if cut.isEmpty {
                guard read(event, emit) else { return }
                continue
            }
            cut.append(contentsOf: event)
            let whole = cut
            cut.removeAll(keepingCapacity: whole.count <= 4096)
            guard whole.withUnsafeBytes({ read($0, emit) }) else { return }
        }
    }

    /// Reads the lines of one event, or of one comment before it.
    private mutating func read(_ event: UnsafeRawBufferPointer, _ emit: (Item) -> Bool) -> Bool {
        var rest = event
        if isAtStart {
            isAtStart = false
            if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = UnsafeRawBufferPointer(rebasing: rest[3...]) }
        }
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        var type = none
        var data: UnsafeRawBufferPointer?
        var isJoined = false
        var id: UnsafeRawBufferPointer?
        while let line = LineScanner.takeLine(from: &rest) {
            if line.isEmpty {
                if let id { commit(id) }
                if let data {
                    let goesOn = lastEventID.withUnsafeBytes { last in
                        joined.withUnsafeBytes { joined in
                            emit(.event(Event(type: type, data: isJoined ? joined : data, id: id, lastEventID: last)))
                        }
                    }
                    guard goesOn else { return false }
                }
                (type, data, isJoined, id) = (none, nil, false, nil)
                continue
            }
            let field = Field(line)
            switch field.name {
            case .comment:
                guard emit(.comment(field.value)) else { return false }
            case .data:
                if let first = data {
                    if !isJoined {
                        joined.removeAll(keepingCapacity: true)
                        joined.append(contentsOf: first)
                        isJoined = true
                    }
                    joined.append(0x0A)
                    joined.append(contentsOf: field.value)
                } else {
                    data = field.value
                }
            case .event: type = field.value
            case .id: if !field.value.contains(0) { id = field.value }
            case .retry:
                guard let milliseconds = Self.milliseconds(field.value) else { break }
                guard emit(.retry(milliseconds: milliseconds)) else { return false }
            case .unknown: break
            }
        }
        return true
    }

    private mutating func commit(_ id: UnsafeRawBufferPointer) {
        lastEventID.removeAll(keepingCapacity: true)
        lastEventID.append(contentsOf: id)
    }

    /// Only ASCII digits. A number that overflows is as good as for ever.
    private static func milliseconds(_ digits: UnsafeRawBufferPointer) -> Int? {
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { value, digit in
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(digit) - 0x30)
            return overflow || carry ? .max : sum
        }
    }
}

extension EventStreamParser {
    /// A line, split at its first colon.
    private struct Field {
        enum Name {
            case comment, data, event, id, retry, unknown
        }
        let name: Name
        let value: UnsafeRawBufferPointer

        init(_ line: UnsafeRawBufferPointer) {
            let colon = memchr(line.baseAddress!, 0x3A, line.count).map { UnsafeRawPointer($0) - line.baseAddress! }
            var start = colon.map { $0 + 1 } ?? line.count
            let isComment = colon == 0
            if !isComment, start < line.count, line[start] == 0x20 { start += 1 }
            value = UnsafeRawBufferPointer(rebasing: line[start...])
            name = isComment ? .comment : Self.name(UnsafeRawBufferPointer(rebasing: line[..<(colon ?? line.count)]))
        }

        private static func name(_ name: UnsafeRawBufferPointer) -> Name {
            switch name.count {
            case 2: name.elementsEqual("id".utf8) ? .id : .unknown
            case 4: name.elementsEqual("data".utf8) ? .data : .unknown
            case 5: name.elementsEqual("event".utf8) ? .event : name.elementsEqual("retry".utf8) ? .retry : .unknown
            default: .unknown
            }
        }
    }
}
