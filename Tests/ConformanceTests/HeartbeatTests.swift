import OrderUpdates
import Testing
import TransportCore

@Suite(.serialized) struct HeartbeatTests {
    @Test("An idle stream beats, and a beat does not move the cursor", arguments: Variant.streaming)
    func beats(_ variant: Variant) async throws {
        for kind in variant.capabilities.heartbeats where kind != .off {
            try await Stage.with(variant) {
                $0.heartbeat = .init(kind: kind, interval: .milliseconds(50))
            } _: { stage in
                let order = try stage.create("idle")
                let first = try await stage.join(order)
                try stage.publish(order)
                try await first.catchUp()
                let before = first.transcript
                try await first.recorder.until("heartbeats of the kind \(kind)") {
                    $0.heartbeats >= before.heartbeats + 3
                }
                #expect(first.transcript.position == before.position)
                #expect(first.transcript.content == before.content)
                try await eventually("the heartbeats to be counted") { stage.server.statistics.heartbeats >= 3 }

                let position = try await first.close().position
                let second = stage.open(order, after: position)
                try await second.recorder.until("heartbeats before anything else") { $0.heartbeats >= 2 }
                #expect(second.transcript.content.isEmpty)
                try stage.publish(order)
                try await second.catchUp()
                stage.check(first, second)
            }
        }
    }
}
