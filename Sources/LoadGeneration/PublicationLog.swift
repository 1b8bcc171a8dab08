/// What was published to one order, in the order of publication, and how it fanned out.
struct PublicationLog: Sendable {
    struct Entry: Sendable {
        /// Nanoseconds since 1970, as in the payload: ascending.
        var timestamp: Int64
        /// The same without the rounding of the payload's form.
        var intended: Int64
        /// When it was written, in nanoseconds of the monotonic clock; nil before that, and where another process
        /// published.
        var published: Int64?
        /// Nil where it was accepted, or is not answered yet.
        var failure: PublicationFailure?
        var firstDelivery: Int64 = .max
        var lastDelivery: Int64 = .min
        var deliveries: Int32 = 0
    }

    var entries: [Entry] = []

    /// The number of the update with this time; nil where nothing was published at it.
    ///
    /// - Parameter hint: where it stands unless something was lost.
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

    /// Notes what another process published, as deliveries tell it. Updates between those that were seen are known by
    /// number alone; their times are taken to lie evenly in between.
    ///
    /// - Parameter room: how many unseen ones may yet be noted; it shrinks by what is.
    /// - Returns: false, with nothing noted, where more than that lie in between.
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
