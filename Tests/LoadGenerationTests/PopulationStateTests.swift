import ExperimentModel
import LoadGeneration
import SeededRandomness
import Testing

/// Times in these tests are nanoseconds of a clock that both ends share: the wall is 0 off.
@Suite struct PopulationStateTests {
    private func state(
        subscribers: Int = 1, orders: Int = 1, slow: Int = 0, coalesces: Bool = false, window: Range<Int64> = 0..<1_000
    ) -> PopulationState {
        var state = PopulationState(
            subscribers: subscribers, readers: subscribers - slow, orders: orders, numbering: .timestamp,
            coalesces: coalesces, wallOffset: 0)
        state.window = window
        return state
    }

    private func reading(_ timestamp: Int64) -> PayloadReading.Reading { .init(timestamp: timestamp) }

    @Test("Latency counts from the intended time, and from the real one beside it")
    func latencyCountsFromTheIntendedTimeAndFromTheRealOne() {
        var state = state()
        state.publish(order: 0, timestamp: 100, now: 130)
        state.update(0, reading(100), offset: nil, now: 150)
        let summary = state.summary(end: 10_000)
        #expect(summary.latency.corrected.max == 50)
        #expect(summary.latency.uncorrected.max == 20)
        #expect(summary.ledger == LedgerSummary(expected: 1, delivered: 1))
        #expect(summary.updates == 1)
    }

    /// What waits for an earlier request is the publisher's delay, and what was never written at least as late as now.
    @Test("An update is late until it is written, or until the end") func latenessCountsToWhenAnUpdateWasWritten() {
        var state = state()
        for time: Int64 in [100, 200] { state.publish(order: 0, timestamp: time, now: nil) }
        state.written(order: 0, numbers: 0..<1, now: 130)
        state.update(0, reading(100), offset: nil, now: 150)
        let summary = state.summary(end: 900)
        #expect(summary.latency.uncorrected.max == 20)
        #expect(summary.latenessP99 == 700)
    }

    /// Costs are those of the window, so they are divided among what arrived in it.
    @Test("Arrivals are those within the window, whenever they were due") func arrivalsAreThoseWithinTheWindow() {
        var state = state(window: 100..<200)
        for time: Int64 in [50, 60, 150, 160] { state.publish(order: 0, timestamp: time, now: time) }
        for (time, now): (Int64, Int64) in [(50, 90), (60, 110), (150, 190), (150, 195), (160, 250)] {
            state.update(0, reading(time), offset: nil, now: now)
        }
        #expect(state.arrivals == 2)
        #expect(state.summary(end: 10_000).ledger == LedgerSummary(expected: 2, delivered: 2, duplicated: 1))
    }

    /// Most of what was due in the window is delivered in the drain.
    @Test("A poller has at least as many answers as deliveries, however the window falls", arguments: 0..<20)
    func aPollerAsksAtLeastOnceForEachDelivery(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let (subscribers, interval, window) = (20, 500, Int64(2_000)..<2_300)
        var state = state(subscribers: subscribers, coalesces: true, window: window)
        var shown = [Int64](repeating: -1, count: subscribers)
        let phases = (0..<subscribers).map { _ in generator.next(below: interval) }
        for now in 0..<Int64(3_000) {
            if now % 10 == 0, now < 2_300 { state.publish(order: 0, timestamp: now, now: now) }
            let newest = min(now, 2_299) / 10 * 10
            for subscriber in 0..<subscribers where Int(now) % interval == phases[subscriber] {
                state.answer(now: now)
                guard shown[subscriber] != newest else { continue }
                state.update(subscriber, reading(newest), offset: nil, now: now)
                shown[subscriber] = newest
            }
        }
        let ledger = state.summary(end: 3_000).ledger
        #expect(state.arrivals > 0 && state.arrivals < ledger.delivered, "seed \(seed)")
        #expect(state.answers >= state.arrivals, "seed \(seed)")
    }

    @Test("An update belongs to the window in which it was intended") func theWindowIsThatOfTheIntendedTimes() {
        var state = state(window: 100..<200)
        for time: Int64 in [99, 100, 199, 200] {
            state.publish(order: 0, timestamp: time, now: time)
            // Delivered far outside of it.
            state.update(0, reading(time), offset: nil, now: time + 5_000)
        }
        let summary = state.summary(end: 10_000)
        #expect(summary.updates == 2)
        #expect(summary.latency.corrected.count == 2)
    }

    @Test("An update that never came is censored") func whatNeverCameIsCensored() {
        var state = state()
        for time: Int64 in [1, 2, 3, 4] { state.publish(order: 0, timestamp: time, now: time) }
        state.update(0, reading(1), offset: nil, now: 10)
        state.update(0, reading(3), offset: nil, now: 11)
        let summary = state.summary(end: 10_000)
        #expect(summary.ledger == LedgerSummary(expected: 4, delivered: 2, lost: 1, undelivered: 1))
        #expect(summary.latency.corrected.count == 2)
        #expect(summary.latency.corrected.censored == 2)
        #expect(summary.latency.corrected.p99 == nil)
    }

    @Test("What the server refused is owed to nobody; what may have been published is", arguments: [false, true])
    func refusedUpdatesAreNotOwed(coalesces: Bool) {
        var state = state(coalesces: coalesces)
        for time: Int64 in [1, 2, 3, 4, 5] { state.publish(order: 0, timestamp: time, now: time) }
        state.failed(order: 0, numbers: 1..<2, .refused)
        for time: Int64 in [1, 3] { state.update(0, reading(time), offset: nil, now: 10) }
        state.failed(order: 0, numbers: 3..<4, .refused)
        #expect(!state.isDrained)
        state.failed(order: 0, numbers: 4..<5, .unknown)
        let summary = state.summary(end: 10_000)
        #expect(summary.ledger == LedgerSummary(expected: 3, delivered: 2, undelivered: 1))
        #expect(summary.updates == 5 && summary.refusedUpdates == 2 && summary.unconfirmedUpdates == 1)
        var refused = self.state(coalesces: coalesces)
        refused.publish(order: 0, timestamp: 1, now: 1)
        refused.failed(order: 0, numbers: 0..<1, .refused)
        #expect(refused.isDrained && refused.summary(end: 10_000).ledger == LedgerSummary())
    }

    @Test("An update that comes late or twice is counted as that") func lateAndTwice() {
        var state = state()
        for time: Int64 in [1, 2, 3] { state.publish(order: 0, timestamp: time, now: time) }
        for time: Int64 in [1, 3, 2, 2] { state.update(0, reading(time), offset: nil, now: 10) }
        #expect(
            state.summary(end: 10_000).ledger == LedgerSummary(expected: 3, delivered: 3, duplicated: 1, reordered: 1))
    }

    @Test("What a poll skips counts as seen at the time of what it shows") func aPollShowsWhatItSkipped() {
        var state = state(coalesces: true)
        for time: Int64 in [100, 200, 300] { state.publish(order: 0, timestamp: time, now: time) }
        state.update(0, reading(300), offset: nil, now: 350)
        let summary = state.summary(end: 10_000)
        #expect(summary.ledger == LedgerSummary(expected: 3, delivered: 1, coalesced: 2))
        #expect(summary.latency.corrected.count == 3)
        #expect(summary.latency.corrected.max == 250)
        #expect(summary.latency.corrected.censored == 0)
    }

    @Test("A snapshot after a lost position declares what it skips")
    func aSnapshotAfterALostPositionDeclaresWhatItSkips() {
        var state = state()
        for time: Int64 in [100, 200, 300] { state.publish(order: 0, timestamp: time, now: time) }
        state.positionLost(0)
        state.snapshot(0, reading(200), offset: nil, now: 310)
        state.update(0, reading(300), offset: nil, now: 320)
        #expect(
            state.summary(end: 10_000).ledger
                == LedgerSummary(expected: 3, delivered: 1, coalesced: 2, positionsLost: 1))
    }

    @Test("A view is stale from an update until it is seen") func staleUntilSeen() throws {
        var state = state(window: 0..<1_000)
        state.publish(order: 0, timestamp: 100, now: 100)
        state.publish(order: 0, timestamp: 400, now: 400)
        // 100 to 300: aged 0 to 200. 400 to the end of the window: aged 0 to 600.
        state.update(0, reading(100), offset: nil, now: 300)
        let staleness = try #require(state.summary(end: 10_000).staleness)
        #expect(abs(staleness.mean - (200.0 * 100 + 600 * 300) / 1_000) < 1e-9)
    }

    /// So the first one's arrival makes it younger, not fresh.
    @Test("A view is as old as the oldest update that it has not seen") func ageIsThatOfTheOldestUnseenUpdate() throws {
        var state = state(window: 0..<1_000)
        state.publish(order: 0, timestamp: 100, now: 100)
        state.publish(order: 0, timestamp: 200, now: 200)
        state.update(0, reading(100), offset: nil, now: 500)
        state.update(0, reading(200), offset: nil, now: 600)
        // 100 to 500: 0 to 400. 500 to 600: 300 to 400.
        let staleness = try #require(state.summary(end: 10_000).staleness)
        #expect(abs(staleness.mean - (400.0 * 200 + 100 * 350) / 1_000) < 1e-9)
    }

    @Test("The skew is the time from the first subscriber to the last") func skewIsFromTheFirstSubscriberToTheLast() {
        var state = state(subscribers: 3)
        state.publish(order: 0, timestamp: 100, now: 100)
        for (subscriber, now) in [(1, Int64(110)), (0, 115), (2, 140)] {
            state.update(subscriber, reading(100), offset: nil, now: now)
        }
        #expect(state.summary(end: 10_000).fanOutSkew?.max == 30)
    }

    @Test("Slow readers count nowhere else") func slowReadersCountNowhereElse() {
        var state = state(subscribers: 3, slow: 1)
        state.publish(order: 0, timestamp: 100, now: 100)
        for subscriber in 0..<2 { state.update(subscriber, reading(100), offset: nil, now: 110) }
        state.positionLost(2)
        let summary = state.summary(end: 10_000)
        #expect(summary.ledger == LedgerSummary(expected: 2, delivered: 2))
        #expect(state.slowPositionsLost == 1)
        #expect(state.isDrained)
    }

    @Test("An update that nobody published is unknown") func whatNobodyPublishedIsUnknown() {
        var state = state()
        state.update(0, reading(77), offset: nil, now: 100)
        state.update(0, PayloadReading.Reading(), offset: nil, now: 100)
        #expect(state.unknownUpdates == 2)
        #expect(state.summary(end: 10_000).ledger == LedgerSummary())
    }

    @Test("Where a server publishes on its own, its offsets number the updates and the first sets the window")
    func theServersOwnSchedule() {
        var state = PopulationState(
            subscribers: 2, readers: 2, orders: 1, numbering: .offset, coalesces: false, wallOffset: 1_000)
        state.windowAfterFirst = (delay: 100, length: 200)
        for subscriber in 0..<2 { state.snapshot(subscriber, reading(0), offset: 4, now: 0) }
        // Offsets 5, 6, 7, 8 at wall times 2000, 2100, 2200, 2300; the window is wall 2100 to 2300.
        for (offset, time) in [(UInt64(5), Int64(2_000)), (6, 2_100), (8, 2_300)] {
            state.update(0, reading(time), offset: offset, now: time - 1_000 + 10)
        }
        for (offset, time) in [(UInt64(5), Int64(2_000)), (6, 2_100), (7, 2_200), (8, 2_300)] {
            state.update(1, reading(time), offset: offset, now: time - 1_000 + 20)
        }
        #expect(state.window == 1_100..<1_300)
        let summary = state.summary(end: 10_000)
        #expect(summary.ledger == LedgerSummary(expected: 4, delivered: 3, lost: 1))
        #expect(summary.latency.corrected.count == 3)
        // Who published them knows when it really did, and nobody here.
        #expect(summary.latency.uncorrected.count == 0 && summary.latency.uncorrected.censored == 0)
    }

    private func learning(
        _ numbering: PopulationState.Numbering, subscribers: Int = 2, window: Range<Int64> = 100..<1_000
    ) -> PopulationState {
        var state = PopulationState(
            subscribers: subscribers, readers: subscribers, orders: 1, numbering: numbering, coalesces: false,
            wallOffset: 0)
        state.window = window
        return state
    }

    @Test("Of what others publish the numbers tell what was owed: from whatever number they begin")
    func learnsSequences() {
        var state = learning(.learnedSequence)
        for (number, time) in [(70_000, Int64(50)), (70_001, 150), (70_002, 250), (70_004, 350), (70_003, 340)] {
            state.update(0, .init(timestamp: time, sequence: number), offset: nil, now: time + 5)
        }
        for (number, time) in [(70_000, Int64(50)), (70_002, 250), (70_002, 250), (70_003, 340)] {
            state.update(1, .init(timestamp: time, sequence: number), offset: nil, now: time + 9)
        }
        #expect(!state.isDrained, "nothing that was published after the window has come yet")
        let summary = state.summary(end: 10_000)
        #expect(
            summary.ledger
                == LedgerSummary(expected: 8, delivered: 6, lost: 1, duplicated: 1, reordered: 1, undelivered: 1))
        #expect(summary.updates == 4)
        #expect(summary.latency.corrected.max == 9 && summary.latency.corrected.censored == 2)
        #expect(summary.latency.uncorrected.count == 0 && summary.latency.uncorrected.censored == 0)
    }

    @Test("A server's own offsets are drained once something later arrives, where others publish whenever they like")
    func drainsLearnedOffsets() {
        func isDrained(_ numbering: PopulationState.Numbering, after times: [Int64]) -> Bool {
            var state = learning(numbering, subscribers: 1)
            for (offset, time) in zip(UInt64(1)..., times) {
                state.update(0, reading(time), offset: offset, now: time + 5)
            }
            return state.isDrained
        }
        #expect(isDrained(.offset, after: [150, 250]))
        #expect(!isDrained(.learnedOffset, after: [150, 250]), "what was published after 250 may be on its way")
        #expect(isDrained(.learnedOffset, after: [150, 250, 1_000]))
        var state = learning(.learnedOffset, subscribers: 1)
        state.snapshot(0, reading(0), offset: 4, now: 0)
        for (offset, time) in [(UInt64(5), Int64(150)), (7, 350)] {
            state.update(0, reading(time), offset: offset, now: time + 5)
        }
        #expect(state.summary(end: 10_000).ledger == LedgerSummary(expected: 3, delivered: 2, lost: 1))
    }

    @Test("A poller without numbers that sees the same time again has seen no update")
    func countsAStateOnce() {
        var state = PopulationState(
            subscribers: 1, readers: 1, orders: 1, numbering: .unnumbered, coalesces: true, wallOffset: 0)
        state.window = 100..<1_000
        state.snapshot(0, reading(120), offset: nil, now: 130)
        for (time, now) in [(Int64(120), Int64(140)), (150, 160), (150, 180), (150, 900), (250, 910)] {
            state.update(0, reading(time), offset: nil, now: now)
        }
        let summary = state.summary(end: 10_000)
        #expect(summary.ledger == LedgerSummary(expected: 2, delivered: 2))
        #expect(summary.updates == 2 && summary.latency.corrected.count == 2 && state.arrivals == 2)
    }

    @Test("Without numbers nothing is owed, and the latency is that of what arrived")
    func measuresWithoutNumbers() {
        var state = learning(.unnumbered)
        for time: Int64 in [50, 150, 150, 250] {
            for subscriber in 0..<2 { state.update(subscriber, reading(time), offset: nil, now: time + 7) }
        }
        state.update(0, .init(), offset: nil, now: 300)
        #expect(state.unknownUpdates == 1)
        #expect(state.silent == 0 && learning(.unnumbered).silent == 2)
        let summary = state.summary(end: 10_000)
        #expect(summary.ledger == LedgerSummary(expected: 6, delivered: 6))
        #expect(summary.updates == 3 && summary.latency.corrected.count == 6 && summary.staleness == nil)
    }

    @Test(
        "A number of any size costs no memory and traps nowhere: what is too far ahead is counted as that",
        arguments: [UInt64(9_999_999_999), 1 << 63, .max])
    func boundsGaps(offset: UInt64) {
        var state = learning(.offset, subscribers: 1)
        for number in [1, 2, offset, offset - 1, 3] {
            state.update(0, reading(200), offset: number, now: 210)
        }
        #expect(state.numberJumps == 2)
        #expect(state.summary(end: 10_000).ledger.delivered == 3)
        var sequences = learning(.learnedSequence, subscribers: 1)
        for number in [Int.max - 1, Int.max, 1, 0, -1, .min] {
            sequences.update(0, .init(timestamp: 200, sequence: number), offset: nil, now: 210)
        }
        #expect(sequences.unknownUpdates == 4 && sequences.numberJumps == 0)
        var far = learning(.learnedSequence, subscribers: 1)
        for number in [0, Int.max, 1] { far.update(0, .init(timestamp: 200, sequence: number), offset: nil, now: 210) }
        #expect(far.numberJumps == 1 && far.summary(end: 10_000).ledger == LedgerSummary(expected: 2, delivered: 2))
    }

    @Test("Times of others that run back are counted where they stand")
    func takesTimesThatRunBack() {
        var state = learning(.learnedSequence, subscribers: 1)
        for (number, time) in [(1, Int64(500)), (2, 50), (3, 600), (4, 2_000), (5, 700)] {
            state.update(0, .init(timestamp: time, sequence: number), offset: nil, now: 3_000)
        }
        #expect(state.summary(end: 10_000).ledger == LedgerSummary(expected: 3, delivered: 3))
    }

    @Test("Every update that was due is delivered, coalesced, lost or undelivered", arguments: 0..<100)
    func theBooksBalance(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let coalesces = generator.next(below: 2) == 0
        let subscribers = 1 + generator.next(below: 6)
        let orders = 1 + generator.next(below: 3)
        var state = state(
            subscribers: subscribers, orders: orders, slow: generator.next(below: subscribers), coalesces: coalesces,
            window: 2_000..<6_000)
        var published: [[Int64]] = Array(repeating: [], count: orders)
        for now in stride(from: Int64(0), to: 8_000, by: 10) {
            let order = generator.next(below: orders)
            state.publish(order: order, timestamp: now, now: now)
            published[order].append(now)
            for _ in 0..<generator.next(below: 8) {
                let subscriber = generator.next(below: subscribers)
                let log = published[subscriber % orders]
                guard !log.isEmpty else { continue }
                let time = log[max(0, log.count - 1 - generator.next(below: 5))]
                switch generator.next(below: 30) {
                case 0:
                    state.positionLost(subscriber)
                    state.snapshot(subscriber, reading(time), offset: nil, now: now + 5)
                default: state.update(subscriber, reading(time), offset: nil, now: now + 5)
                }
            }
        }
        let ledger = state.summary(end: 10_000).ledger
        #expect(
            ledger.expected == ledger.delivered + ledger.coalesced + ledger.lost + ledger.undelivered, "seed \(seed)")
        #expect(ledger.expected > 0 || orders > 0)
    }
}
