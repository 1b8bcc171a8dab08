import OrderUpdates
import Testing
import TransportCore

/// Orders that are evicted between the look that lets a client in and the watch that its stream needs: nothing would ever end the
/// stream, and nothing come.
@Suite(.serialized) struct EvictedOrderTests {
    private static let gone = OrderID("gone")!

    /// A hub that evicts the order at the instant before a loop watches it, for want of room.
    /// - Parameter then: what else happens at that instant.
    private func hub(
        orders: Int, _ then: @escaping @Sendable (OrderEventHub) -> Void = { _ in }
    ) -> OrderEventHub {
        OrderEventHub(configuration: .init(maximumOrders: orders)) { hub, order in
            guard order == Self.gone else { return }
            _ = try? hub.create(OrderID("newer")!, owner: TokenScheme.owner, status: .activated)
            then(hub)
        }
    }

    /// Creates the order as one that may be evicted.
    private func create(in stage: Stage) throws {
        try stage.hub.create(Self.gone, owner: TokenScheme.owner, status: .activated)
    }

    /// What a client is told: a stream by its close, a request by its status.
    private func expectUnknown(_ subscriber: Subscriber) async throws {
        let cause = try await subscriber.recorder.untilClosed()
        switch cause {
        case .reason(let reason): #expect(reason == .unknownOrder)
        case .refused(let status, _): #expect(status == 404)
        default: Issue.record("an order that has gone was answered with \(cause)")
        }
        #expect(subscriber.transcript.latest[Self.gone] == nil)
    }

    @Test("An order that goes before its stream follows it ends the stream", arguments: Variant.streaming)
    func endsTheStream(_ variant: Variant) async throws {
        try await Stage.with(variant, hub: hub(orders: 1)) { stage in
            try create(in: stage)
            try await expectUnknown(stage.open(Self.gone))
            // And the next client is told at the door.
            let next = stage.open(Self.gone)
            #expect(try await next.recorder.untilClosed() == .refused(status: 404, retryAfter: nil))
        }
    }

    @Test("An order that goes before a stream resumes it ends the stream", arguments: Variant.streaming)
    func endsTheResumedStream(_ variant: Variant) async throws {
        try await Stage.with(variant, hub: hub(orders: 1)) { stage in
            try create(in: stage)
            let position = try #require(stage.hub.order(Self.gone)).position
            try await expectUnknown(stage.open(Self.gone, after: position))
        }
    }

    @Test("One order that goes ends a stream of many, or is refused on it", arguments: Variant.manyOrders)
    func endsTheStreamOfMany(_ variant: Variant) async throws {
        try await Stage.with(variant, hub: hub(orders: 2)) { stage in
            let stays = try stage.create("stays")
            try create(in: stage)
            try await expectUnknown(stage.open(stays, Self.gone))
        }
    }

    @Test("A request that waits for an order that goes is refused", arguments: Variant.waiting)
    func refusesTheWait(_ variant: Variant) async throws {
        try await Stage.with(variant, hub: hub(orders: 1)) { stage in
            try create(in: stage)
            let position = try #require(stage.hub.order(Self.gone)).position
            try await expectUnknown(stage.open(Self.gone, after: position))
        }
    }

    @Test(
        "Another owner's order of the same name is not shown in its place",
        arguments: Variant.streaming + Variant.waiting)
    func isNotAnothers(_ variant: Variant) async throws {
        let hub = hub(orders: 1) { hub in
            // In the place of the newer one, which ended at once.
            _ = try? hub.create(Self.gone, owner: "bob", status: .activated)
        }
        try await Stage.with(variant, hub: hub) { stage in
            try create(in: stage)
            let position = try #require(stage.hub.order(Self.gone)).position
            let subscriber = stage.open(Self.gone, after: variant.isStreaming ? nil : position)
            try await expectUnknown(subscriber)
            #expect(stage.hub.order(Self.gone)?.owner == "bob")
        }
    }
}
