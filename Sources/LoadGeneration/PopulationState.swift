package import ExperimentModel
import Measurement

/// The figures of a population, from its first connection to its last. It is pure: times are passed in.
///
/// All times are nanoseconds of the monotonic clock, except those named `timestamp` and the logs' intended times, which
/// count from 1970.
package struct PopulationState: Sendable {
    /// What identifies the updates of an order.
    package enum Numbering: Sendable {
        /// The time in the payload. This process published the update, and recorded it.
        case timestamp
        /// The offset of the stream position. The server publishes by itself.
        case offset
        /// The offset of the stream position. Others publish, and deliveries reveal the updates.
        case learnedOffset
        /// A number in the payload, from 1. This process published the update, and recorded it.
        case sequence
        /// A number in the payload, from any start. Others publish, and deliveries reveal the updates.
        case learnedSequence
        /// Nothing. Others publish, and nobody knows what is owed.
        case unnumbered

        var isByOffset: Bool { self == .offset || self == .learnedOffset }
    }

    /// What one subscriber knows of its order.
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
    /// Whether the transport delivers the latest state, as polling does. A skipped update is then superseded, not lost.
    let coalesces: Bool
    /// Nanoseconds since 1970 minus nanoseconds of the monotonic clock.
    let wallOffset: Int64
    package var window: Range<Int64>?
    /// Set if the first delivery determines the window: the time from its intended publication to the window's start,
    /// and the window's length.
    package var windowAfterFirst: (delay: Int64, length: Int64)?

    var views: [View]
    var logs: [PublicationLog]
    /// By order: the offset before the first update of the schedule.
    private var baseOffsets: [UInt64]
    /// By order: the number of the first update that arrived, if numbers are learned.
    private var firstSequences: [Int?]
    /// The number of unseen updates that may still be recorded. A server's numbers may have any size, and each takes
    /// memory.
    private var room = 1_000_000
    /// Updates whose number leaves a larger gap than there is room for.
    package var numberJumps: Int64 = 0
    /// Updates of the window without a number, as the first subscriber of each order received them.
    var unnumberedUpdates: Int64 = 0

    var corrected = LatencyHistogram()
    var uncorrected = LatencyHistogram()
    var timeToFirstEvent = LatencyHistogram()
    var staleness = StalenessMeter()
    package var ledger = LedgerSummary()
    /// The corrected latency since the last sample; nil if no samples are taken.
    var recent: LatencyHistogram?
    /// All updates that arrived, warm-up, duplicates and slow readers included.
    var deliveries: Int64 = 0
    /// Updates that arrived within the window, whenever they were due.
    var deliveriesInWindow: Int64 = 0
    /// Distinct deliveries that arrived within the window. The costs of the window are divided by it.
    package var arrivals: Int64 = 0
    package var unknownUpdates: Int64 = 0
    /// Heartbeats within the window.
    var heartbeats: Int64 = 0
    /// Answers to polls within the window.
    package var answers: Int64 = 0
    package var slowPositionsLost: Int64 = 0
    /// The number of events that slow readers received.
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

    /// The number of subscribers without any update, slow readers excluded.
    package var silent: Int { views.prefix(readers).count { !$0.hasUpdate } }

    // MARK: What happens

    /// - Parameters:
    ///   - intended: the time without the rounding of the payload's format; nil if they are equal.
    ///   - now: nil if the update is not written yet.
    package mutating func publish(order: Int, timestamp: Int64, intended: Int64? = nil, now: Int64?) {
        logs[order].entries.append(
            PublicationLog.Entry(timestamp: timestamp, intended: intended ?? timestamp, published: now))
    }

    /// Notes that the request with these updates is being written.
    package mutating func written(order: Int, numbers: Range<Int>, now: Int64) {
        for number in numbers { logs[order].entries[number].published = now }
    }

    /// Notes that these updates were not accepted.
    package mutating func failed(order: Int, numbers: Range<Int>, _ failure: PublicationFailure) {
        // An update that has arrived was published, whatever the answer says.
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
        // Before the schedule starts, the snapshot shows at which offset its updates begin.
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
        // The updates that the snapshot includes are now visible. Their omission was declared.
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
        // If others saw an update first, its recorded time may be a guess. Its own payload has the true time.
        let said = numbering == .learnedSequence ? reading.timestamp : nil
        if coalesces { show(subscriber, number, said, now: now) } else { arrive(subscriber, number, said, now: now) }
    }

    /// An update that only its time can identify.
    private mutating func arrive(_ subscriber: Int, _ reading: PayloadReading.Reading, now: Int64) {
        guard let timestamp = reading.timestamp else {
            unknownUpdates += 1
            return
        }
        if coalesces {
            // A poll shows a state. The same time is the same state, whatever else the answer contains.
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

    /// For a transport that promises each update.
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

    /// For a transport that promises the latest state: skipped updates are superseded.
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

    /// The latency of the updates that became visible since the last call, if samples are taken.
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

    /// Whether the update was due within the window and is not known to be refused.
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

    /// An update that is not shown itself becomes visible with a later state, which determines its latency. Counting
    /// only shown updates would favour transports that skip the most.
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

    /// Notes that the view has changed. Until now it missed `oldest` and all later updates.
    private mutating func age(_ subscriber: Int, oldest: Int, now: Int64) {
        defer { views[subscriber].changedAt = now }
        ramp(subscriber, oldest: oldest, until: now)
    }

    mutating func ramp(_ subscriber: Int, oldest: Int, until now: Int64) {
        let entries = logs[order(of: subscriber)].entries
        // A view misses nothing of updates that were refused.
        guard let window, oldest < entries.count,
            let missed = entries[oldest...].firstIndex(where: { $0.failure != .refused })
        else { return }
        let intended = entries[missed].intended - wallOffset
        let from = max(intended, views[subscriber].changedAt, window.lowerBound)
        let to = min(now, window.upperBound)
        staleness.record(from: from - intended, to: to - intended)
    }
}
