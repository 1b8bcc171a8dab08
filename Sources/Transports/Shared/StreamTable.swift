package import Clocks
import LWS
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
        fileprivate(set) var isTaken = false
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

    private(set) var storage: [Stream] = []
    private var free: [Int32] = []
    /// The times by which peers must act: present a credential, or answer a close frame.
    private var deadlines: [Int: MonotonicInstant] = [:]
    package private(set) var count = 0

    package init() {}

    package subscript(_ index: Int) -> Stream {
        @inline(__always) _read { yield storage[index] }
        @inline(__always) _modify { yield &storage[index] }
    }

    /// Not by the subscript: in a function with many uses of it the compiler calls it, and each call allocates.
    @inline(__always) func fetch(_ index: Int) { storage[index].socket?.fetch() }

    package mutating func insert() -> Int {
        count += 1
        var stream = Stream()
        stream.isTaken = true
        if let index = free.popLast() {
            storage[Int(index)] = stream
            return Int(index)
        }
        storage.append(stream)
        return storage.count - 1
    }

    package mutating func remove(_ index: Int) {
        // A slot that is freed twice would be given to two streams, and each would get the other's data.
        precondition(storage[index].isTaken, "stream \(index) is removed, and there is none")
        storage[index] = Stream()
        deadlines[index] = nil
        free.append(Int32(index))
        count -= 1
    }

    /// Also valid for an index beyond a table that was shrunk.
    package func isTaken(_ index: Int) -> Bool { storage.indices.contains(index) && storage[index].isTaken }

    var indices: [Int] { storage.indices.filter { storage[$0].isTaken } }

    /// Made when it is first needed.
    package mutating func extras(of index: Int) -> StreamExtras {
        if let extras = storage[index].extras { return extras }
        let extras = StreamExtras()
        storage[index].extras = extras
        return extras
    }

    /// Frees the record where it is empty.
    mutating func shedExtras(of index: Int) {
        if storage[index].extras?.isEmpty == true { storage[index].extras = nil }
    }

    /// - Parameter deadline: replaces the previous one; nil where nothing is due any more.
    package mutating func expect(_ index: Int, by deadline: MonotonicInstant?) { deadlines[index] = deadline }

    package func overdue(at now: MonotonicInstant) -> [Int] {
        deadlines.isEmpty ? [] : deadlines.filter { $0.value <= now }.map(\.key)
    }

    /// Whether no stream is left.
    package var isEmpty: Bool {
        count == 0 && deadlines.isEmpty && storage.allSatisfy { $0.extras == nil && $0.dueSlot < 0 }
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

/// A slab of values with indices as names.
package struct Slab<Element> {
    private(set) var storage: [Element] = []
    private var isInUse: [Bool] = []
    private var free: [Int32] = []

    package init() {}

    package subscript(_ index: Int32) -> Element {
        @inline(__always) _read { yield storage[Int(index)] }
        @inline(__always) _modify { yield &storage[Int(index)] }
    }

    package mutating func insert(_ element: Element) -> Int32 {
        if let index = free.popLast() {
            storage[Int(index)] = element
            isInUse[Int(index)] = true
            return index
        }
        storage.append(element)
        isInUse.append(true)
        return Int32(storage.count - 1)
    }

    /// Frees a slot for reuse. The old value stays until then, so the caller must not leave anything in it that
    /// matters.
    package mutating func remove(_ index: Int32) {
        precondition(isInUse[Int(index)], "place \(index) is given back, and it is free")
        isInUse[Int(index)] = false
        free.append(index)
    }
}
