import OrderUpdates
import Testing
import TransportCore

@Suite(.serialized) struct LimitTests {
    @Test("A full server refuses, and accepts again when a connection has gone", arguments: Variant.streaming)
    func limitsConnections(_ variant: Variant) async throws {
        try await Stage.with(variant) {
            $0.limits.connections = 3
        } _: { stage in
            let order = try stage.create("full")
            var subscribers: [Subscriber] = []
            for _ in 0..<3 { subscribers.append(try await stage.join(order)) }
            try await expectOverload(stage.open(order))
            #expect(stage.server.statistics.refused >= 1)
            try stage.publish(order)
            for subscriber in subscribers { try await subscriber.catchUp() }

            try await subscribers[0].close()
            try await eventually("the place to be free") { stage.server.statistics.connections == 2 }
            try await stage.join(order).close()
        }
    }

    @Test("An owner's connections are limited, and others' are not", arguments: Variant.streaming)
    func limitsConnectionsPerOwner(_ variant: Variant) async throws {
        try await Stage.with(variant) {
            $0.limits.connectionsPerOwner = 2
        } _: { stage in
            let hers = try stage.create("hers")
            let his = try stage.create("his", owner: "bob")
            var subscribers = [try await stage.join(hers), try await stage.join(hers)]
            try await expectOverload(stage.open(hers))
            let bob = stage.open(his, as: .bearer("bob"))
            try await bob.recorder.untilOpen()

            try await subscribers.removeFirst().close()
            try await eventually("the place to be free") { stage.server.statistics.connections == 2 }
            try await stage.join(hers).close()
        }
    }

    private func expectOverload(_ subscriber: Subscriber) async throws {
        let cause = try await subscriber.recorder.untilClosed()
        switch cause {
        case .refused(let status, let retryAfter):
            #expect(status == 503)
            #expect((retryAfter ?? 0) > 0, "a refusal says when to come back")
        case .reason(let reason):
            #expect(reason.code == CloseReason.overloaded.code && reason.reconnect)
        default:
            Issue.record("a full server answered with \(cause)")
        }
        #expect(subscriber.transcript.latest.isEmpty)
    }

    @Test("A connection has a limit of orders", arguments: Variant.manyOrders)
    func limitsSubscriptions(_ variant: Variant) async throws {
        try await Stage.with(variant) {
            $0.limits.subscriptionsPerConnection = 4
        } _: { stage in
            let orders = try (0..<5).map { try stage.create("limited-\($0)") }
            let within = try await stage.join(Array(orders.prefix(4)))
            let beyond = stage.open(stage.subscription(orders))
            let cause = try await beyond.recorder.untilClosed()
            switch cause {
            case .refused(let status, _): #expect((400..<500).contains(status))
            case .reason(let reason): #expect(reason == .policyViolation)
            default: Issue.record("too many orders were answered with \(cause)")
            }
            try stage.publish(orders[3])
            try await within.catchUp()
        }
    }
}
