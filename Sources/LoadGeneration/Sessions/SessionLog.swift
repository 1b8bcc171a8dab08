package import Clocks
import ExperimentModel
package import OrderUpdates
package import TransportCore

/// The record of one session in progress, with its ledger. It is pure: times are passed in.
package struct SessionLog: Sendable {
    package private(set) var record = SessionRecord()
    private var ledger = SessionLedger()
    /// Whether the ledger counts every update that arrives, so that repetitions show. Otherwise it counts what the
    /// application is shown.
    private let judgesWire: Bool
    /// Whether the population closes the session itself.
    package var isClosing = false

    private var isOpen = false
    /// The newest position that was seen.
    private var seen: StreamPosition?
    private var pastEpochs: [UInt64] = []
    /// The positions that were acknowledged when the connection opened. Updates up to them are replay.
    private var target: [StreamPosition] = []
    private var attempt = SessionRecord.Connecting()
    /// Whether the session has seen everything in `target`.
    private var isWhole = false
    private var repairedAt: Int64?

    package init(judgesWire: Bool) { self.judgesWire = judgesWire }

    // MARK: Connections

    package mutating func attempts(_ now: MonotonicInstant) {
        attempt = SessionRecord.Connecting()
        attempt.began = now.nanoseconds
        if !record.interruptions.isEmpty {
            record.interruptions[record.interruptions.count - 1].attempts.append(now.nanoseconds)
        }
    }

    package mutating func connected(_ now: MonotonicInstant) { attempt.connected = now.nanoseconds }

    package mutating func opened(_ now: MonotonicInstant, published: [StreamPosition]) {
        attempt.opened = now.nanoseconds
        isOpen = true
        isWhole = false
        target = published
        noteAttempt()
        // A resumed connection may have missed nothing, and then receives nothing.
        see(nil, now)
    }

    /// Notes the end of a connection or an attempt. Returns whether it was an open connection.
    package mutating func ended(_ now: MonotonicInstant, _ cause: ClosedCause) -> Bool {
        guard !isClosing else { return false }
        let wasOpen = isOpen
        isOpen = false
        if wasOpen {
            // The session did not know yet that its connection was gone, so it had not caught up for good.
            record.caughtUpAt = nil
            record.interruptions.append(
                SessionRecord.Interruption(lost: now.nanoseconds, cause: cause.label, isClean: cause.isClean))
        } else {
            let failure = SessionRecord.Failure(at: now.nanoseconds, cause: cause.label)
            if record.interruptions.isEmpty {
                record.failures.append(failure)
            } else {
                record.interruptions[record.interruptions.count - 1].failures.append(failure)
            }
        }
        return wasOpen
    }

    package mutating func stopped(_ cause: String) {
        if !isClosing { record.stop = cause }
    }

    private mutating func noteAttempt() {
        if record.interruptions.isEmpty {
            record.first = attempt
        } else {
            record.interruptions[record.interruptions.count - 1].back = attempt
        }
    }

    // MARK: Updates

    package mutating func positionLost() { ledger.positionLost() }

    package mutating func note(_ input: SessionInput, isShown: Bool, _ now: MonotonicInstant) {
        switch input {
        case .update(let position?):
            guard isShown || judgesWire else { return }
            ledger.update(position, isReplay: target.contains { $0.epoch == position.epoch && position <= $0 })
            if isShown { see(position, now) }
        case .snapshot(let position?):
            // A repeated state does not repeat updates.
            guard isShown else { return see(nil, now) }
            ledger.snapshot(position, isRefetch: false)
            see(position, now)
        case .refetched(let position?):
            if isShown { ledger.snapshot(position, isRefetch: true) }
            see(position, now)
        case .heartbeat:
            see(nil, now)
        default: break
        }
    }

    /// - Parameter position: nil if the peer said that there is nothing new.
    private mutating func see(_ position: StreamPosition?, _ now: MonotonicInstant) {
        if let position {
            if let seen, seen.epoch != position.epoch { pastEpochs.append(seen.epoch) }
            seen = position
        }
        guard isOpen, !isWhole, covers(target) else { return }
        isWhole = true
        attempt.whole = now.nanoseconds
        noteAttempt()
    }

    /// Compares with the position of the node that the session is connected to. A session receives nothing more of an
    /// epoch that it has left. An epoch that it has not seen yet is still to come.
    private func covers(_ positions: [StreamPosition]) -> Bool {
        guard let seen else { return false }
        if let own = positions.first(where: { $0.epoch == seen.epoch }) { return own <= seen }
        return positions.isEmpty || positions.contains { pastEpochs.contains($0.epoch) }
    }

    // MARK: Catching up

    package mutating func repaired(_ at: Int64) {
        repairedAt = at
        record.caughtUpAt = nil
    }

    /// Notes the time if the session has just caught up, and returns whether it has.
    package mutating func catchesUp(_ now: MonotonicInstant, with goal: [StreamPosition]) -> Bool {
        guard let repairedAt, record.caughtUpAt == nil, isOpen, isWhole, covers(goal) else { return false }
        record.caughtUpAt = max(now.nanoseconds, repairedAt)
        return true
    }

    package func hasSeen(_ end: [StreamPosition]) -> Bool { isOpen && isWhole && covers(end) }

    // MARK: The result

    package func record(ends: [NodePosition]) -> SessionRecord {
        var record = record
        record.ledger = SessionLedgerSummary(ledger.counts(publishedThrough: ends.map(\.position)))
        record.nodes = (pastEpochs + [seen?.epoch].compactMap { $0 }).compactMap { epoch in
            ends.first { $0.position.epoch == epoch }?.node
        }
        return record
    }
}

extension StreamPosition {
    /// Within one epoch.
    fileprivate static func <= (a: Self, b: Self) -> Bool { a.offset <= b.offset }
}

extension SessionLedgerSummary {
    init(_ counts: SessionLedger.Counts) {
        self.init(
            expected: Int64(counts.total), live: Int64(counts.live + counts.reordered),
            replayed: Int64(counts.replayed), snapshot: Int64(counts.snapshot), refetched: Int64(counts.refetched),
            duplicated: Int64(counts.duplicated + counts.regressions), reordered: Int64(counts.reordered),
            declaredLost: Int64(counts.declaredLost), silentlyLost: Int64(counts.silentlyLost),
            undelivered: Int64(counts.outstanding))
    }
}
