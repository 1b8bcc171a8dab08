import OrderUpdates

/// What is new of one order, encoded at most once for each lane that has a subscriber.
struct LaneBatch {
    struct Encoded {
        var bytes: [UInt8] = []
        /// Where each event ends in `bytes`.
        var ends: [Int] = []
        var isCurrent = false
    }
    private var lanes: [Encoded] = []

    /// Forgets what was encoded, but keeps its memory.
    mutating func reset() {
        for index in lanes.indices { lanes[index].isCurrent = false }
    }

    mutating func prepare(_ index: Int, _ lane: Lane, _ events: ArraySlice<OrderEvent>, epoch: UInt64) {
        while lanes.count <= index { lanes.append(Encoded()) }
        guard !lanes[index].isCurrent else { return }
        lanes[index].bytes.removeAll(keepingCapacity: true)
        lanes[index].ends.removeAll(keepingCapacity: true)
        for event in events {
            lane.append(to: &lanes[index].bytes) {
                $0.appendUpdate(StreamPosition(epoch: epoch, offset: event.offset), event.json, to: &$1)
            }
            lanes[index].ends.append(lanes[index].bytes.count)
        }
        lanes[index].isCurrent = true
    }

    // A `_read` that is called, not inlined, allocates its frame.
    subscript(_ index: Int) -> Encoded {
        @inline(__always) _read { yield lanes[index] }
    }
}

/// Bytes that a socket has not taken yet.
package struct PendingBytes {
    package var bytes: [UInt8]
    var start = 0
    var count: Int { bytes.count - start }

    package init(bytes: [UInt8]) { self.bytes = bytes }
}
