import LWS

/// The streams of one loop, in a slab: a stream is named by its index, which is libwebsockets' word for the connection.
package struct StreamTable {
    package struct Stream {
        /// Nil before a WebSocket is open, and when the place is free.
        var socket: StreamSocket?
        /// The first of the stream's subscriptions; -1 for none.
        var firstSubscription: Int32 = -1
        var principal: Int32 = -1
        var lane: UInt8 = 0
        var flags: Flags = []
        /// The tick of the last write or, while blocked, of the last progress.
        var lastWrite: UInt32 = 0
        // The heartbeat wheel's list.
        var nextDue: Int32 = -1
        var previousDue: Int32 = -1
        var dueSlot: Int16 = -1
    }

    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt16
        package init(rawValue: UInt16) { self.rawValue = rawValue }
        static let inUse = Flags(rawValue: 1)
        /// Bytes wait for the socket: nothing may be written past them.
        static let blocked = Flags(rawValue: 2)
        /// Ids are positions of the whole stream of many orders.
        static let merged = Flags(rawValue: 4)
        static let closing = Flags(rawValue: 8)
        static let isWebSocket = Flags(rawValue: 16)
        static let awaitsPong = Flags(rawValue: 32)
        /// Stands in the list of merged streams that have news.
        static let isDirty = Flags(rawValue: 64)
        static let dead = Flags(rawValue: 128)
        /// A WebSocket whose close frame has gone.
        static let hasSentClose = Flags(rawValue: 256)
    }

    private(set) var storage: [Stream] = []
    private var free: [Int32] = []
    package private(set) var count = 0

    package init() {}

    package subscript(_ index: Int) -> Stream {
        @inline(__always) _read { yield storage[index] }
        @inline(__always) _modify { yield &storage[index] }
    }

    /// Not by the subscript: where there are many uses of it in a function, the compiler calls it, and each call allocates.
    @inline(__always) func fetch(_ index: Int) { storage[index].socket?.fetch() }

    package mutating func insert() -> Int {
        count += 1
        var stream = Stream()
        stream.flags = .inUse
        if let index = free.popLast() {
            storage[Int(index)] = stream
            return Int(index)
        }
        storage.append(stream)
        return storage.count - 1
    }

    package mutating func remove(_ index: Int) {
        // A place that is free twice would be given to two streams, and each would get what is the other's.
        precondition(storage[index].flags.contains(.inUse), "stream \(index) is removed, and there is none")
        storage[index] = Stream()
        free.append(Int32(index))
        count -= 1
    }

    var indices: [Int] { storage.indices.filter { storage[$0].flags.contains(.inUse) } }
}

/// A subscriber: a stream's place in one order's timeline.
struct Subscriber {
    var stream: Int32
    /// The topic, which is the loop's token for the order.
    var topic: Int32
    /// Where it stands in the topic's list.
    var slot: Int32
    /// The stream's next subscription; -1 for none.
    var next: Int32 = -1
    /// The offset of the last update that is on its way to the reader.
    var cursor: UInt64
}

/// A slab of values named by index.
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

    /// The place is reused; what it held stays until then, so the caller leaves nothing in it that matters.
    package mutating func remove(_ index: Int32) {
        precondition(isInUse[Int(index)], "place \(index) is given back, and it is free")
        isInUse[Int(index)] = false
        free.append(index)
    }
}
