import OrderUpdates

/// The new events of one order, encoded at most once for each encoding that has a subscriber.
struct EncodedBatch {
    struct Encoded {
        var bytes: [UInt8] = []
        /// Where each event ends in `bytes`.
        var ends: [Int] = []
        var isCurrent = false
    }
    private var encodings: [Encoded] = []

    /// Removes the encoded events, but keeps the memory.
    mutating func reset() {
        for index in encodings.indices { encodings[index].isCurrent = false }
    }

    /// Whether the new events are already encoded.
    @inline(__always) func has(_ index: Int) -> Bool { index < encodings.count && encodings[index].isCurrent }

    mutating func encode(_ index: Int, _ encoding: WireEncoding, _ events: ArraySlice<OrderEvent>, epoch: UInt64) {
        while encodings.count <= index { encodings.append(Encoded()) }
        encodings[index].bytes.removeAll(keepingCapacity: true)
        encodings[index].ends.removeAll(keepingCapacity: true)
        for event in events {
            encoding.append(to: &encodings[index].bytes) {
                $0.appendUpdate(StreamPosition(epoch: epoch, offset: event.offset), event.json, to: &$1)
            }
            encodings[index].ends.append(encodings[index].bytes.count)
        }
        encodings[index].isCurrent = true
    }

    // A `_read` that is called and not inlined allocates its frame.
    subscript(_ index: Int) -> Encoded {
        @inline(__always) _read { yield encodings[index] }
    }
}

/// Bytes that a socket has not taken yet.
package struct PendingBytes {
    package var bytes: [UInt8]
    var start = 0
    var count: Int { bytes.count - start }

    package init(bytes: [UInt8]) { self.bytes = bytes }
}
