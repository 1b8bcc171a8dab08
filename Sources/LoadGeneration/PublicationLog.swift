/// The updates that were published to one order, in the order of publication, and their fan-out.
struct PublicationLog: Sendable {
    struct Entry: Sendable {
        /// Nanoseconds since 1970, as in the payload; ascending if this process publishes.
        var timestamp: Int64
        /// The time without the rounding of the payload's format.
        var intended: Int64
        /// When its request was written, in nanoseconds of the monotonic clock; nil before that, and if another process
        /// published.
        var published: Int64?
        /// Nil if the update was accepted, or is not answered yet.
        var failure: PublicationFailure?
        var firstDelivery: Int64 = .max
        var lastDelivery: Int64 = .min
        var deliveries: Int32 = 0
    }

    var entries: [Entry] = []

    /// The number of the update with this time; nil if there is none.
    ///
    /// - Parameter hint: the number that it has unless updates were lost.
    func number(of timestamp: Int64, hint: Int) -> Int? {
        if hint < entries.count, entries[hint].timestamp == timestamp { return hint }
        var low = 0
        var high = entries.count
        while low < high {
            let middle = low + (high - low) / 2
            if entries[middle].timestamp < timestamp { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].timestamp == timestamp ? low : nil
    }

    /// Records an update of another process when it is delivered. Updates between those that were seen are known only
    /// by number; their times are spread evenly.
    ///
    /// - Parameter room: the number of unseen updates that may still be recorded. It shrinks by those that are.
    /// - Returns: false, without a record, if there are more unseen updates than that.
    mutating func learn(_ number: Int, timestamp: Int64, room: inout Int) -> Bool {
        guard number >= entries.count else { return true }
        let first = entries.count
        guard number - first <= room else { return false }
        room -= number - first
        let before = entries.last?.timestamp ?? timestamp
        for missing in first..<number {
            let share = Int64(missing - first + 1)
            let step = (timestamp - before) / Int64(number - first + 1)
            let time = before + share * step
            entries.append(Entry(timestamp: time, intended: time, published: nil))
        }
        entries.append(Entry(timestamp: timestamp, intended: timestamp, published: nil))
        return true
    }

    mutating func noteDelivery(_ number: Int, at now: Int64) {
        entries[number].firstDelivery = min(entries[number].firstDelivery, now)
        entries[number].lastDelivery = max(entries[number].lastDelivery, now)
        entries[number].deliveries += 1
    }
}
