import OrderUpdates
import Testing
import TransportCore

/// Readers that stop to read while more is published than waits for them.
@Suite(.serialized) struct SlowConsumerTests {
    private static let history = 32

    private func limit(_ configuration: inout ServerConfiguration) {
        configuration.limits.pendingBytes = 256 * 1024
    }

    @Test("A reader that stalls is told of each gap once, and the others lose nothing", arguments: Variant.streaming)
    func losesThePosition(_ variant: Variant) async throws {
        try await Stage.with(variant, history: Self.history, configure: limit) { stage in
            let order = try stage.create("stalled")
            let healthy = [try await stage.join(order), try await stage.join(order)]
            let slow = try await stage.join(order)
            slow.setReading(false)
            let published = try await stage.flood(order, at: healthy)
            #expect(slow.transcript.updates < published)

            slow.setReading(true)
            try await slow.recorder.until("the lost position") { $0.losses > 0 }
            try await slow.catchUp()
            try stage.publish(order)
            let transcript = try await slow.catchUp()
            // The kernel may make room once more for a reader that has stopped to read: what is behind that is another gap.
            #expect((1...2).contains(transcript.losses) && transcript.snapshots == transcript.losses + 1)
            #expect(transcript.events.last?.isUpdate == true)
            stage.check(slow)
            #expect(stage.server.statistics.positionsLost == transcript.losses)
            #expect(stage.server.statistics.slowConsumersCut == 0)
            for subscriber in healthy {
                #expect(subscriber.transcript.losses == 0)
                stage.check(subscriber)
            }
        }
    }

    @Test("A reader that lost its place is cut where the server says so, and can resume", arguments: Variant.streaming)
    func isCut(_ variant: Variant) async throws {
        try await Stage.with(variant, history: Self.history) { configuration in
            limit(&configuration)
            configuration.slowConsumer = .disconnect
        } _: { stage in
            let order = try stage.create("cut")
            let healthy = [try await stage.join(order), try await stage.join(order)]
            let slow = try await stage.join(order)
            slow.setReading(false)
            try await stage.flood(order, at: healthy)

            slow.setReading(true)
            let cause = try await slow.recorder.untilClosed()
            switch cause {
            case .reason(let reason): #expect(reason == .slowConsumer)
            case .ended, .failed: break  // A full socket has no room for a reason.
            case .refused, .notAStream, .byClient: Issue.record("a slow reader was closed as \(cause)")
            }
            #expect(slow.transcript.losses == 0)
            try await eventually("the cut to be counted") {
                stage.server.statistics.slowConsumersCut == 1 && stage.server.statistics.subscribers == 2
            }

            let resumed = slow.resume()
            let transcript = try await resumed.catchUp()
            #expect(transcript.losses == 1 && transcript.snapshots == 1)
            stage.check(slow, resumed)
            for subscriber in healthy {
                #expect(subscriber.transcript.isOpen && subscriber.transcript.losses == 0)
                stage.check(subscriber)
            }
        }
    }

    @Test("A reader that takes nothing for too long is cut, whatever its policy", arguments: Variant.streaming)
    func isCutInTime(_ variant: Variant) async throws {
        try await Stage.with(variant, history: Self.history) { configuration in
            limit(&configuration)
            configuration.heartbeat = .init(kind: .off, interval: .milliseconds(50))
            configuration.limits.stalledReader = .milliseconds(250)
        } _: { stage in
            let order = try stage.create("vanished")
            let healthy = [try await stage.join(order)]
            let stalled = try await stage.join(order)
            stalled.setReading(false)
            try await stage.flood(order, at: healthy)
            try await eventually("the server to cut the stalled reader") {
                stage.server.statistics.slowConsumersCut == 1 && stage.server.statistics.subscribers == 1
            }
            try stage.publish(order)
            try await healthy[0].catchUp()
            stage.check(healthy)
            stalled.setReading(true)
            switch try await stalled.recorder.untilClosed() {
            case .reason(let reason): #expect(reason.reconnect)
            case .ended, .failed: break
            case let cause: Issue.record("a stalled reader was closed as \(cause)")
            }
        }
    }

    @Test("A pause that the history outlasts loses nothing", arguments: Variant.streaming)
    func pauses(_ variant: Variant) async throws {
        try await Stage.with(variant, history: 1024, configure: limit) { stage in
            let order = try stage.create("paused")
            let subscriber = try await stage.join(order)
            for round in 0..<4 {
                subscriber.setReading(false)
                for _ in 0..<8 { try stage.publish(order, count: 16, String(Stage.noise.prefix(2048 << round))) }
                subscriber.setReading(true)
                try await subscriber.catchUp()
            }
            #expect(subscriber.transcript.updates == 4 * 8 * 16)
            stage.check(subscriber)
        }
    }
}
