import OrderUpdates
import Testing
import TransportCore

@Suite(.serialized) struct StopTests {
    @Test("A server that stops at once gives no reason", arguments: Variant.streaming)
    func stopsAbruptly(_ variant: Variant) async throws {
        try await Stage.with(variant) {
            $0.loops = 2
        } _: { stage in
            let order = try stage.create("stopped")
            var subscribers: [Subscriber] = []
            for _ in 0..<20 { subscribers.append(try await stage.join(order)) }
            await stage.server.stop()
            for subscriber in subscribers {
                let cause = try await subscriber.recorder.untilClosed()
                switch cause {
                case .ended, .failed: break
                default: Issue.record("an abrupt stop ended a connection with \(cause)")
                }
                stage.check(subscriber)
            }
            await stage.server.stop()
            #expect(await stage.server.drain(within: Watchdog.bound) == 0, "nothing is left to drain")
        }
    }

    @Test("Readers resume after an abrupt stop", arguments: Variant.replaying)
    func survivesStops(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("restarted")
            var connections = [try await stage.join(order)]
            for _ in 0..<3 {
                for _ in 0..<20 { try stage.publish(order) }
                try await stage.replaceServer()
                for _ in 0..<20 { try stage.publish(order) }
                _ = try await connections.last!.recorder.untilClosed()
                connections.append(connections.last!.resume())
            }
            try await connections.last!.catchUp()
            stage.check(connections)
        }
    }

    @Test("Where nothing listens, a connection fails and says so", arguments: Variant.all)
    func failsWithoutServer(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("nowhere")
            let subscription = stage.subscription([order])
            await stage.server.stop()
            let subscriber = stage.open(subscription)
            let cause = try await subscriber.recorder.untilClosed()
            guard case .failed(let why) = cause else {
                Issue.record("no server was reported as \(cause)")
                return
            }
            #expect(!why.isEmpty)
            #expect(subscriber.transcript.events.count == 1)
        }
    }

    @Test("A client closes a connection, once and last", arguments: Variant.all)
    func closesByClient(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("closed")
            let subscriber = try await stage.join(order)
            let other = try await stage.join(order)
            try await subscriber.close()
            #expect(subscriber.transcript.closed == .byClient)
            try stage.publish(order)
            try await other.catchUp()
            stage.client.close(subscriber.id)
            subscriber.setReading(false)
            stage.client.send(ClientCommand(id: "late", order: order, name: "complete"), subscriber.id)
            try stage.publish(order)
            try await other.catchUp()
        }
    }

    @Test("A client's shutdown closes what is open, stalled or not", arguments: Variant.all)
    func shutsDown(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("shut")
            let reading = try await stage.join(order)
            let stalled = try await stage.join(order)
            stalled.setReading(false)
            let opening = stage.open(order)
            await stage.client.shutdown()
            for subscriber in [reading, stalled, opening] {
                #expect(subscriber.transcript.closed == .byClient)
            }
            await stage.client.shutdown()
        }
    }
}
