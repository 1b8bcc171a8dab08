public import OrderUpdates

/// Accounts for every update of one order, from a session's first event on: delivered, covered by a state, declared
/// lost, or silently lost.
///
/// A pure state machine. Put in what the application was shown to judge the session, or what arrived to judge the
/// wire. Each update is in exactly one of the counts; duplicates are counted apart. So the counts add up to what was
/// published.
public struct SessionLedger: Hashable, Sendable {
    public struct Counts: Codable, Hashable, Sendable {
        /// Delivered in order, when they were published.
        public var live = 0
        /// Delivered in order, from the history.
        public var replayed = 0
        /// Covered by a snapshot: superseded by it, or shown by it.
        public var snapshot = 0
        /// Covered by the answer to a GET.
        public var refetched = 0
        /// Delivered out of order: skipped first, and delivered later.
        public var reordered = 0
        /// Skipped, and the session was told.
        public var declaredLost = 0
        /// Skipped without notice. It is 0, or something is broken.
        public var silentlyLost = 0
        /// Published after the last update that arrived. The session may still be catching up.
        public var outstanding = 0
        /// Arrivals of an update that had already been counted.
        public var duplicated = 0
        /// States that lie behind the previous one in the same epoch: the server went back, or an answer came too
        /// late.
        public var regressions = 0
        /// Losses that were declared.
        public var positionsLost = 0

        public init() {}

        /// The updates that the counts account for.
        public var total: Int {
            [live, replayed, snapshot, refetched, reordered, declaredLost, silentlyLost, outstanding]
                .reduce(into: 0) { $0.add(UInt64(clamping: $1)) }
        }
    }

    /// How an epoch ended for the session: what happened to the updates after the last one that it saw.
    private enum Ending: Hashable, Sendable { case declared, snapshot, refetched, silent }

    private var counts = Counts()
    private var epoch: UInt64?
    /// Every update up to this offset is counted, except those in `missing`.
    private var through: UInt64 = 0
    /// Skipped without notice, in ascending order. They may still come; nearly always empty.
    private var missing: [ClosedRange<UInt64>] = []
    private var isLossDeclared = false
    private var pastEpochs: [PastEpoch] = []

    private struct PastEpoch: Hashable, Sendable {
        var epoch: UInt64
        var through: UInt64
        var ending: Ending
    }

    /// - Parameter position: the position that the session begins at; nil takes that of its first event.
    public init(from position: StreamPosition? = nil) {
        epoch = position?.epoch
        through = position?.offset ?? 0
    }

    public mutating func update(_ position: StreamPosition, isReplay: Bool) {
        if epoch == nil { begin(position.epoch, at: position.offset - min(1, position.offset)) }
        if epoch != position.epoch {
            close(isLossDeclared ? .declared : .silent)
            begin(position.epoch, at: 0)
        }
        if position.offset > through {
            skip(to: position.offset)
            through = position.offset
            if isReplay { counts.replayed += 1 } else { counts.live += 1 }
        } else if let place = missing.firstIndex(where: { $0.contains(position.offset) }) {
            fill(place, position.offset)
            counts.reordered += 1
        } else {
            counts.duplicated += 1
        }
        isLossDeclared = false
    }

    /// The state at a position: of a snapshot on the stream, or of a GET.
    public mutating func snapshot(_ position: StreamPosition, isRefetch: Bool) {
        defer { isLossDeclared = false }
        guard let epoch else { return begin(position.epoch, at: position.offset) }
        if epoch != position.epoch {
            close(isLossDeclared ? .declared : isRefetch ? .refetched : .snapshot)
            begin(position.epoch, at: 0)
        }
        guard position.offset > through else {
            if position.offset < through {
                if !isLossDeclared { counts.regressions += 1 }
                giveUpMissing()
                through = position.offset
            }
            return
        }
        if isLossDeclared { skip(to: position.offset) }
        let covered = position.offset - through
        through = position.offset
        if isRefetch { counts.refetched.add(covered) } else { counts.snapshot.add(covered) }
    }

    public mutating func positionLost() {
        if !isLossDeclared { counts.positionsLost += 1 }
        isLossDeclared = true
    }

    /// - Parameter ends: the last position that was published in each epoch. Of other epochs only what arrived is
    ///   counted.
    public func counts(publishedThrough ends: [StreamPosition]) -> Counts {
        var result = counts
        for range in missing { result.silentlyLost.add(range) }
        for past in pastEpochs {
            guard let end = ends.last(where: { $0.epoch == past.epoch }), end.offset > past.through else { continue }
            let rest = end.offset - past.through
            switch past.ending {
            case .declared: result.declaredLost.add(rest)
            case .snapshot: result.snapshot.add(rest)
            case .refetched: result.refetched.add(rest)
            case .silent: result.silentlyLost.add(rest)
            }
        }
        if let end = ends.last(where: { $0.epoch == epoch }), end.offset > through {
            result.outstanding.add(end.offset - through)
        }
        return result
    }

    private mutating func begin(_ epoch: UInt64, at offset: UInt64) {
        self.epoch = epoch
        through = offset
    }

    private mutating func close(_ ending: Ending) {
        giveUpMissing()
        pastEpochs.append(PastEpoch(epoch: epoch!, through: through, ending: ending))
    }

    /// Accounts for the updates before `offset`, and moves up to it.
    private mutating func skip(to offset: UInt64) {
        guard offset - through > 1 else { return }
        let skipped = through + 1...offset - 1
        if isLossDeclared { counts.declaredLost.add(skipped) } else { missing.append(skipped) }
        through = offset - 1
    }

    private mutating func fill(_ place: Int, _ offset: UInt64) {
        let range = missing[place]
        var rest: [ClosedRange<UInt64>] = []
        if range.lowerBound < offset { rest.append(range.lowerBound...offset - 1) }
        if offset < range.upperBound { rest.append(offset + 1...range.upperBound) }
        missing.replaceSubrange(place...place, with: rest)
    }

    /// Counts the missing updates as lost, because they cannot come any more.
    private mutating func giveUpMissing() {
        for range in missing { counts.silentlyLost.add(range) }
        missing = []
    }
}

/// Offsets come from servers and may have any value. A count stops at 2^40, so that the counts of a million sessions
/// can be added up.
extension Int {
    fileprivate mutating func add(_ count: UInt64) {
        self = Swift.min(self + Int(Swift.min(count, 1 << 40)), 1 << 40)
    }

    fileprivate mutating func add(_ range: ClosedRange<UInt64>) {
        add(range.upperBound - range.lowerBound)
        add(1)
    }
}
