/// The streams that are due for a heartbeat: a hashed timer wheel (Varghese and Lauck) with one timer for each loop.
///
/// The links are in the streams themselves, so that a write only has to note its tick: a stream that has written
/// meanwhile is put back when its slot comes round.
package struct HeartbeatWheel {
    /// The number of ticks in an interval. A heartbeat is late by at most a sixteenth of it.
    package static let ticksPerInterval: UInt32 = 16
    private static let slotCount: UInt32 = 32

    private var heads = [Int32](repeating: -1, count: Int(slotCount))
    package private(set) var now: UInt32

    package init(now: UInt32 = 0) { self.now = now }

    /// Puts a stream into the slot of `tick`, which is at most one interval ahead.
    package mutating func schedule(_ stream: Int, at tick: UInt32, _ streams: inout StreamTable) {
        let slot = Int(tick % Self.slotCount)
        let head = heads[slot]
        streams[stream].nextDue = head
        streams[stream].previousDue = -1
        streams[stream].dueSlot = Int16(slot)
        if head >= 0 { streams[Int(head)].previousDue = Int32(stream) }
        heads[slot] = Int32(stream)
    }

    package mutating func remove(_ stream: Int, _ streams: inout StreamTable) {
        let entry = streams[stream]
        guard entry.dueSlot >= 0 else { return }
        if entry.previousDue >= 0 {
            streams[Int(entry.previousDue)].nextDue = entry.nextDue
        } else {
            heads[Int(entry.dueSlot)] = entry.nextDue
        }
        if entry.nextDue >= 0 { streams[Int(entry.nextDue)].previousDue = entry.previousDue }
        streams[stream].dueSlot = -1
    }

    /// Moves on by one tick, and returns the streams of its slot, which it removes from the wheel.
    package mutating func advance(_ streams: inout StreamTable) -> [Int] {
        now &+= 1
        let slot = Int(now % Self.slotCount)
        var due: [Int] = []
        var index = heads[slot]
        heads[slot] = -1
        while index >= 0 {
            due.append(Int(index))
            let next = streams[Int(index)].nextDue
            streams[Int(index)].dueSlot = -1
            index = next
        }
        return due
    }
}
