import OrderUpdates
import Testing
import TransportCore

@Suite(.serialized) struct DrainTests {
    @Test("A drain tells every client to come back, and ends when all have gone", arguments: Variant.streaming)
    func tellsEveryone(_ variant: Variant) async throws {
        try await Stage.with(variant) {
            $0.loops = 2
        } _: { stage in
            let order = try stage.create("drained")
            var subscribers: [Subscriber] = []
            for _ in 0..<20 { subscribers.append(try await stage.join(order)) }
            try stage.publish(order)
            for subscriber in subscribers { try await subscriber.catchUp() }

            let cut = await stage.server.drain(within: Watchdog.bound)
            #expect(cut == 0)
            #expect(stage.server.statistics.connections == 0)
            for subscriber in subscribers {
                try await expectDraining(subscriber)
                stage.check(subscriber)
            }
            let late = stage.open(order)
            _ = try await late.recorder.untilClosed()
            #expect(!late.transcript.events.contains(.opened), "a drained server accepts nobody")

            #expect(await stage.server.drain(within: Watchdog.bound) == 0, "a second drain has no effect")
            await stage.server.stop()
        }
    }

    @Test("A drain answers the requests that wait, and says when to come back", arguments: Variant.waiting)
    func answersWhoWaits(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("drained")
            var subscription = stage.subscription([order])
            subscription.longPollWait = Watchdog.bound
            let subscribers = (0..<5).map { _ in stage.open(subscription) }
            for subscriber in subscribers { try await subscriber.catchUp() }
            // Each has asked twice: for the state, and for what follows it.
            try await eventually("every request to wait") { stage.server.statistics.requests == 10 }
            #expect(await stage.server.drain(within: Watchdog.bound) == 0)
            for subscriber in subscribers {
                let cause = try await subscriber.recorder.untilClosed()
                guard case .refused(let status, let retryAfter) = cause else {
                    Issue.record("a drain ended a waiting request with \(cause)")
                    continue
                }
                #expect(status == 503 && (retryAfter ?? 0) > 0)
                stage.check(subscriber)
            }
        }
    }

    @Test("Readers resume on the next server where the drained one left them", arguments: Variant.replaying)
    func movesReaders(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("moved")
            let first = try await stage.join(order)
            for _ in 0..<10 { try stage.publish(order) }
            await stage.server.drain(within: Watchdog.bound)
            _ = try await first.recorder.untilClosed()
            for _ in 0..<10 { try stage.publish(order) }
            try await stage.replaceServer()
            let second = stage.open(order, after: first.transcript.position)
            try await second.catchUp()
            #expect(second.transcript.losses == 0)
            stage.check(first, second)
        }
    }

    @Test("A client that does not read is cut when the drain's time is over", arguments: Variant.streaming)
    func cutsWhoeverStays(_ variant: Variant) async throws {
        try await Stage.with(variant, history: 32) {
            $0.limits.pendingBytes = 256 * 1024
        } _: { stage in
            let order = try stage.create("stalled")
            let healthy = try await stage.join(order)
            let stalled = try await stage.join(order)
            stalled.setReading(false)
            try await stage.flood(order, at: [healthy])
            let cut = await stage.server.drain(within: .milliseconds(500))
            #expect(cut == 1)
            #expect(stage.server.statistics.connections == 0)
            try await expectDraining(healthy)
            stage.check(healthy)
            stalled.setReading(true)
            _ = try await stalled.recorder.untilClosed()
        }
    }

    private func expectDraining(_ subscriber: Subscriber) async throws {
        let cause = try await subscriber.recorder.untilClosed()
        guard case .reason(let reason) = cause else {
            Issue.record("a drain ended a connection with \(cause)")
            return
        }
        #expect(reason.code == CloseReason.draining.code)
        #expect(reason.name == CloseReason.draining.name)
        #expect(reason.reconnect)
    }
}
