package import ExperimentModel
import Measurement

/// The figures of a population, from its first connection to its last. Pure: times are passed in.
///
/// All times are nanoseconds of the monotonic clock, but those named `timestamp`, which stand in payloads and count
/// from 1970.
package struct PopulationState: Sendable {
    /// What tells updates of an order apart.
    package enum Numbering: Sendable {
        /// The time in the payload: this process published, and wrote it down.
        case timestamp
        /// The offset of the stream position: the server publishes on its own.
        case offset
        /// The same, where others publish: deliveries tell what there is.
        case learnedOffset
        /// A number in the payload, from 1: this process published, and wrote it down.
        case sequence
        /// A number in the payload, from any: others publish, and deliveries tell what there is.
        case learnedSequence
        /// Nothing: others publish, and what was owed is not known.
        case unnumbered

        var isByOffset: Bool { self == .offset || self == .learnedOffset }
    }

    /// What one subscriber sees of its order.
    struct View: Sendable {
        var ledger = DeliveryLedger()
        var openedAt: Int64 = 0
        /// When the view last changed.
        var changedAt: Int64 = 0
        var isConnected = false
        var hasFirstEvent = false
        var hasUpdate = false
        /// The time of the state that a poller without numbers saw last.
        var shownTimestamp: Int64?
    }

    let readers: Int
    let orders: Int
    let numbering: Numbering
    /// Whether a skipped update is superseded by declaration (a poll shows the latest state), not lost.
    let coalesces: Bool
    /// Nanoseconds since 1970 minus nanoseconds of the monotonic clock.
    let wallOffset: Int64
    package var window: Range<Int64>?
    /// Set where the first delivery decides the window: the time from its intended publication to the window's start,
    /// and the window's length.
    package var windowAfterFirst: (delay: Int64, length: Int64)?

    var views: [View]
    var logs: [PublicationLog]
    /// By order: the offset before the first update of the schedule.
    private var baseOffsets: [UInt64]
    /// By order: the number of the update that arrived first, where numbers are learned.
    private var firstSequences: [Int?]
    /// How many updates that nobody saw can yet be noted. A server's numbers are of any size, and each takes memory.
    private var room = 1_000_000
    /// Updates whose number is further ahead than that.
    package var numberJumps: Int64 = 0
    /// Updates of the window that have no number, as the first subscriber of each order received them.
    var unnumberedUpdates: Int64 = 0

    var corrected = LatencyHistogram()
    var uncorrected = LatencyHistogram()
    var timeToFirstEvent = LatencyHistogram()
    var staleness = StalenessMeter()
    package var ledger = LedgerSummary()
    /// The corrected latency since the last sample; nil where no samples are taken.
    var recent: LatencyHistogram?
    /// All updates that arrived, warm-up, duplicates and slow readers included.
    var deliveries: Int64 = 0
    /// Those of them that arrived within the window, whenever they were due.
    var deliveriesInWindow: Int64 = 0
    /// Distinct deliveries that arrived within the window: what the costs of the window are divided among.
    package var arrivals: Int64 = 0
    package var unknownUpdates: Int64 = 0
    /// Heartbeats within the window.
    var heartbeats: Int64 = 0
    /// Answers to polls within the window.
    package var answers: Int64 = 0
    package var slowPositionsLost: Int64 = 0
    /// Everything that slow readers saw.
    var slowEvents = 0

    package init(
        subscribers: Int, readers: Int, orders: Int, numbering: Numbering, coalesces: Bool, wallOffset: Int64
    ) {
        self.readers = readers
        self.orders = orders
        self.numbering = numbering
        self.coalesces = coalesces
        self.wallOffset = wallOffset
        views = Array(repeating: View(), count: subscribers)
        logs = Array(repeating: PublicationLog(), count: orders)
        baseOffsets = Array(repeating: 0, count: orders)
        firstSequences = Array(repeating: nil, count: orders)
    }

    func order(of subscriber: Int) -> Int { subscriber % orders }

    /// Subscribers, slow readers apart, that have not had one update.
    package var silent: Int { views.prefix(readers).count { !$0.hasUpdate } }

    // MARK: What happens

    /// - Parameters:
    ///   - intended: where the payload's form rounds the time; else the timestamp itself.
    ///   - now: nil where it waits yet to be written.
    package mutating func publish(order: Int, timestamp: Int64, intended: Int64? = nil, now: Int64?) {
        logs[order].entries.append(
            PublicationLog.Entry(timestamp: timestamp, intended: intended ?? timestamp, published: now))
    }

    /// The updates with these numbers are on their way.
    package mutating func written(order: Int, numbers: Range<Int>, now: Int64) {
        for number in numbers { logs[order].entries[number].published = now }
    }

    /// The updates with these numbers were not accepted.
    package mutating func failed(order: Int, numbers: Range<Int>, _ failure: PublicationFailure) {
        // What has arrived was published, whatever the answer says.
        for number in numbers where logs[order].entries[number].deliveries == 0 {
            logs[order].entries[number].failure = failure
        }
    }

    package mutating func firstEvent(_ subscriber: Int, now: Int64) {
        guard !views[subscriber].hasFirstEvent else { return }
        views[subscriber].hasFirstEvent = true
        timeToFirstEvent.record(nanoseconds: now - views[subscriber].openedAt)
    }

    package mutating func snapshot(_ subscriber: Int, _ reading: PayloadReading.Reading, offset: UInt64?, now: Int64) {
        let order = order(of: subscriber)
        // Before the schedule starts, the snapshot tells where the offsets of its updates will start.
        if numbering.isByOffset, logs[order].entries.isEmpty, let offset {
            baseOffsets[order] = max(baseOffsets[order], offset)
            return
        }
        if numbering == .unnumbered { views[subscriber].shownTimestamp = reading.timestamp }
        guard let number = number(subscriber, reading, offset), number < logs[order].entries.count else { return }
        let oldest = views[subscriber].ledger.next
        let superseded = views[subscriber].ledger.advance(through: number)
        guard !superseded.isEmpty, subscriber < readers else { return }
        age(subscriber, oldest: oldest, now: now)
        // What the snapshot includes is visible from now on, and was declared to be skipped.
        for number in superseded { supersede(order, number, now: now) }
    }

    package mutating func update(_ subscriber: Int, _ reading: PayloadReading.Reading, offset: UInt64?, now: Int64) {
        deliveries += 1
        views[subscriber].hasUpdate = true
        if isInWindow(now) { deliveriesInWindow += 1 }
        let order = order(of: subscriber)
        if numbering == .unnumbered { return arrive(subscriber, reading, now: now) }
        if numbering == .learnedSequence, firstSequences[order] == nil { firstSequences[order] = reading.sequence }
        guard let number = number(subscriber, reading, offset) else {
            unknownUpdates += 1
            return
        }
        if numbering.isByOffset || numbering == .learnedSequence {
            guard let timestamp = reading.timestamp else {
                unknownUpdates += 1
                return
            }
            guard logs[order].learn(number, timestamp: timestamp, room: &room) else {
                numberJumps += 1
                return
            }
            if let rule = windowAfterFirst {
                let start = timestamp - wallOffset + rule.delay
                window = start..<start + rule.length
                windowAfterFirst = nil
            }
        }
        guard subscriber < readers else { return }
        // What is learned of an update that others saw first may be a guess; its own payload is not.
        let said = numbering == .learnedSequence ? reading.timestamp : nil
        if coalesces { show(subscriber, number, said, now: now) } else { arrive(subscriber, number, said, now: now) }
    }

    /// An update that nothing tells from others but its time.
    private mutating func arrive(_ subscriber: Int, _ reading: PayloadReading.Reading, now: Int64) {
        guard let timestamp = reading.timestamp else {
            unknownUpdates += 1
            return
        }
        if coalesces {
            // A poll shows a state, and the same time is the same state, whatever else the answer says.
            guard timestamp != views[subscriber].shownTimestamp else { return }
            views[subscriber].shownTimestamp = timestamp
        }
        guard subscriber < readers else { return }
        if isInWindow(now) { arrivals += 1 }
        let intended = timestamp - wallOffset
        guard isInWindow(intended) else { return }
        ledger.expected += 1
        ledger.delivered += 1
        if subscriber < orders { unnumberedUpdates += 1 }
        corrected.record(nanoseconds: now - intended)
        recent?.record(nanoseconds: now - intended)
    }

    /// A transport that promises each update.
    private mutating func arrive(_ subscriber: Int, _ number: Int, _ said: Int64?, now: Int64) {
        let order = order(of: subscriber)
        let oldest = views[subscriber].ledger.next
        switch views[subscriber].ledger.deliver(number) {
        case .inOrder:
            age(subscriber, oldest: oldest, now: now)
            deliver(order, number, said, now: now)
        case .ahead(let skipped):
            age(subscriber, oldest: oldest, now: now)
            for number in skipped where isOwed(order, number) { ledger.lost += 1 }
            deliver(order, number, said, now: now)
        case .late:
            if isOwed(order, number) {
                ledger.reordered += 1
                ledger.lost -= 1
            }
            deliver(order, number, said, now: now)
        case .duplicate:
            if isInWindow(order, number) { ledger.duplicated += 1 }
        }
    }

    /// A transport that promises the latest state: what it skips is superseded.
    private mutating func show(_ subscriber: Int, _ number: Int, _ said: Int64?, now: Int64) {
        let order = order(of: subscriber)
        let oldest = views[subscriber].ledger.next
        let new = views[subscriber].ledger.advance(through: number)
        guard !new.isEmpty else {
            guard isInWindow(order, number) else { return }
            if number == oldest - 1 { ledger.duplicated += 1 } else { ledger.reordered += 1 }
            return
        }
        age(subscriber, oldest: oldest, now: now)
        for number in new.dropLast() { supersede(order, number, now: now) }
        deliver(order, number, said, now: now)
    }

    package mutating func positionLost(_ subscriber: Int) {
        if subscriber < readers { ledger.positionsLost += 1 } else { slowPositionsLost += 1 }
    }

    package mutating func answer(now: Int64) {
        if isInWindow(now) { answers += 1 }
    }

    mutating func heartbeat(now: Int64) {
        if isInWindow(now) { heartbeats += 1 }
    }

    /// The latency of what has become visible since the last call, where samples are taken.
    mutating func takeRecent() -> LatencyHistogram {
        defer { recent?.reset() }
        return recent ?? LatencyHistogram()
    }

    // MARK: What it means

    private mutating func number(
        _ subscriber: Int, _ reading: PayloadReading.Reading, _ offset: UInt64?
    ) -> Int? {
        let order = order(of: subscriber)
        switch numbering {
        case .timestamp:
            return reading.timestamp.flatMap { logs[order].number(of: $0, hint: views[subscriber].ledger.next) }
        case .offset, .learnedOffset:
            guard let offset, offset > baseOffsets[order] else { return nil }
            return Int(clamping: offset - baseOffsets[order] - 1)
        case .sequence:
            guard let sequence = reading.sequence, sequence > 0, sequence <= logs[order].entries.count else {
                return nil
            }
            return sequence - 1
        case .learnedSequence:
            guard let sequence = reading.sequence, let first = firstSequences[order], sequence >= first, first >= 0
            else {
                return nil
            }
            return sequence - first
        case .unnumbered:
            return nil
        }
    }

    private func isInWindow(_ time: Int64) -> Bool { window?.contains(time) ?? false }

    private func isInWindow(_ order: Int, _ number: Int) -> Bool {
        isInWindow(logs[order].entries[number].intended - wallOffset)
    }

    /// Was due within the window, and is not known to have been refused.
    private func isOwed(_ order: Int, _ number: Int) -> Bool {
        isInWindow(order, number) && logs[order].entries[number].failure != .refused
    }

    private mutating func deliver(_ order: Int, _ number: Int, _ said: Int64?, now: Int64) {
        if isInWindow(now) { arrivals += 1 }
        guard isOwed(order, number) else { return }
        ledger.delivered += 1
        logs[order].noteDelivery(number, at: now)
        time(order, number, said, now: now)
    }

    /// An update that is not shown itself is visible once a later state is: that is its latency. Counting only those
    /// that are shown would flatter whoever skips most.
    private mutating func supersede(_ order: Int, _ number: Int, now: Int64) {
        guard isOwed(order, number) else { return }
        ledger.coalesced += 1
        time(order, number, nil, now: now)
    }

    private mutating func time(_ order: Int, _ number: Int, _ said: Int64?, now: Int64) {
        let entry = logs[order].entries[number]
        let latency = now - ((said ?? entry.intended) - wallOffset)
        corrected.record(nanoseconds: latency)
        recent?.record(nanoseconds: latency)
        if let published = entry.published { uncorrected.record(nanoseconds: now - published) }
    }

    /// The view has changed: until now it missed `oldest` and what followed it.
    private mutating func age(_ subscriber: Int, oldest: Int, now: Int64) {
        defer { views[subscriber].changedAt = now }
        ramp(subscriber, oldest: oldest, until: now)
    }

    mutating func ramp(_ subscriber: Int, oldest: Int, until now: Int64) {
        let entries = logs[order(of: subscriber)].entries
        // Of what was refused no view is missing anything.
        guard let window, oldest < entries.count,
            let missed = entries[oldest...].firstIndex(where: { $0.failure != .refused })
        else { return }
        let intended = entries[missed].intended - wallOffset
        let from = max(intended, views[subscriber].changedAt, window.lowerBound)
        let to = min(now, window.upperBound)
        staleness.record(from: from - intended, to: to - intended)
    }
}
