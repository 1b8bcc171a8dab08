package import Clocks
import LWS
import OrderUpdates
package import TransportCore

/// The streams of one loop in a slab. The index of a stream is libwebsockets' user pointer of its connection. All
/// data of a stream is freed with it.
package struct StreamTable {
    package struct Stream {
        /// Nil before a WebSocket is open, and while the slot is free.
        var socket: StreamSocket?
        /// Nil where the stream has not needed one.
        package var extras: StreamExtras?
        /// The first of the stream's subscriptions; -1 for none.
        var firstSubscription: Int32 = -1
        var principal: Int32 = -1
        var encoding: UInt8 = 0
        package var state = StreamState.opening
        var traits: Traits = []
        /// The index of the WebSocket's endpoint in the server.
        var endpoint: UInt8 = 0
        /// The tick of the last write or, while blocked, of the last progress.
        var lastWrite: UInt32 = 0
        // The links of the heartbeat wheel.
        var nextDue: Int32 = -1
        var previousDue: Int32 = -1
        var dueSlot: Int16 = -1
    }

    /// Facts about a stream that hold in any state.
    package struct Traits: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// Its ids are positions of the whole stream of many orders.
        static let merged = Traits(rawValue: 1)
        /// It is in the list of merged streams with news.
        static let isDirty = Traits(rawValue: 2)
        static let awaitsPong = Traits(rawValue: 4)
        /// A WebSocket whose close frame was sent.
        static let hasSentClose = Traits(rawValue: 8)
    }

    private var streams = Slab<Stream>()
    /// The times by which peers must act: present a credential, or answer a close frame.
    private var deadlines: [Int: MonotonicInstant] = [:]

    package init() {}

    package var count: Int { streams.count }
    var indices: [Int] { streams.indices }

    package subscript(_ index: Int) -> Stream {
        @inline(__always) _read { yield streams[index] }
        @inline(__always) _modify { yield &streams[index] }
    }

    /// Not by the subscript: in a function with many uses of it the compiler calls it, and each call allocates.
    @inline(__always) func fetch(_ index: Int) { streams.storage[index].socket?.fetch() }

    package mutating func insert() -> Int { streams.insert(Stream()) }

    package mutating func remove(_ index: Int) {
        streams.remove(index, leaving: Stream())
        deadlines[index] = nil
    }

    /// Whether the index is a stream's. It may have been freed meanwhile.
    package func contains(_ index: Int) -> Bool { streams.contains(index) }

    /// Made when it is first needed.
    package mutating func extras(of index: Int) -> StreamExtras {
        if let extras = streams[index].extras { return extras }
        let extras = StreamExtras()
        streams[index].extras = extras
        return extras
    }

    /// Frees the record where it is empty.
    mutating func shedExtras(of index: Int) {
        if streams[index].extras?.isEmpty == true { streams[index].extras = nil }
    }

    /// - Parameter deadline: replaces the previous one; nil where nothing is due any more.
    package mutating func expect(_ index: Int, by deadline: MonotonicInstant?) { deadlines[index] = deadline }

    package func overdue(at now: MonotonicInstant) -> [Int] {
        deadlines.isEmpty ? [] : deadlines.filter { $0.value <= now }.map(\.key)
    }

    /// Whether no stream is left.
    package var isEmpty: Bool {
        count == 0 && deadlines.isEmpty && streams.storage.allSatisfy { $0.extras == nil && $0.dueSlot < 0 }
    }
}

/// Data that only few streams have at a time.
package final class StreamExtras {
    /// What waits for the stream's socket: the rest of an event that was cut, and other bytes that are due.
    package var pending: PendingBytes?
    /// The cursor in the hub's sequence of a stream of many orders with one position.
    var merged: MergedStream?
    /// The close reason of a stream that has to end before its socket is there.
    package var reason: CloseReason?
    /// The state of a WebSocket that has not presented its credential.
    var unauthenticated: UnauthenticatedSocket?
    /// The subscription of a WebSocket that is about to open.
    var opening: SocketOpening?
    /// A WebSocket message that has only partly arrived.
    var partialMessage: PartialMessage?

    init() {}

    /// Appends bytes to what waits.
    func append(_ bytes: [UInt8]) {
        if pending == nil { pending = PendingBytes(bytes: []) }
        pending?.bytes += bytes
    }

    fileprivate var isEmpty: Bool {
        pending == nil && merged == nil && reason == nil && unauthenticated == nil && opening == nil
            && partialMessage == nil
    }
}

/// A subscriber: a stream's position in one order's timeline.
struct Subscriber {
    var stream: Int32
    /// The topic, which is the loop's token for the order.
    var topic: Int32
    /// Its index in the topic's list.
    var slot: Int32
    /// The stream's next subscription; -1 for none.
    var next: Int32 = -1
    /// The offset of the last update that was written for the reader.
    var cursor: UInt64
}
