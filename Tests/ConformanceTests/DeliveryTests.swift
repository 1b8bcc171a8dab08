import OrderUpdates
import Testing
import TransportCore

@Suite(.serialized) struct DeliveryTests {
    @Test("A fresh stream starts with the state, then has every update, byte for byte", arguments: Variant.replaying)
    func deliversInOrder(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("delivered")
            try stage.publish(order)
            let subscriber = try await stage.join(order)
            for _ in 0..<100 { try stage.publish(order) }
            let transcript = try await subscriber.catchUp()

            #expect(transcript.connects == 1 && transcript.events.first == .opened)
            #expect(transcript.content.first?.isSnapshot == true)
            #expect(transcript.content.first?.payload == stage.log.updates(of: order, from: 2).first)
            let updates = transcript.events.filter(\.isUpdate)
            #expect(updates.compactMap(\.payload) == stage.log.updates(of: order, from: 3))
            let epoch = try #require(stage.log.epoch(of: order))
            #expect(updates.map(\.position) == (3...102).map { StreamPosition(epoch: epoch, offset: $0) })
            #expect(transcript.snapshots == 1 && transcript.losses == 0)
            stage.check(subscriber)
        }
    }

    @Test("Updates that are published together arrive whole", arguments: Variant.replaying)
    func deliversBatches(_ variant: Variant) async throws {
        try await Stage.with(variant, history: 1024) { stage in
            let order = try stage.create("batched")
            let subscriber = try await stage.join(order)
            for count in [1, 2, 16, 64, 500] { try stage.publish(order, count: count) }
            let transcript = try await subscriber.catchUp()
            #expect(transcript.updates == 583)
            stage.check(subscriber)
        }
    }

    @Test("Payloads arrive as they were encoded", arguments: Variant.replaying)
    func deliversAnyText(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("text")
            let subscriber = try await stage.join(order)
            for text in Self.texts { try stage.publish(order, text) }
            let transcript = try await subscriber.catchUp()
            #expect(transcript.events.filter(\.isUpdate).compactMap(\.payload) == stage.log.updates(of: order, from: 2))
        }
    }

    private static let texts = [
        "a\nb", "a\r\nb", "a\rb",  // would end an SSE line
        "\n\nevent: close\ndata: {}\n\n",  // would forge an event
        #"quoted " and \ and }{"#,
        "\u{0}\u{1}\u{1F}\u{7F}",
        "\u{2028}\u{2029}\u{FEFF}",  // line ends to JavaScript, a byte order mark
        "snow ☃ and 🦊 and e\u{301}",
        String(repeating: "x", count: 100), String(repeating: "x", count: 200),  // around a WebSocket's 7-bit length
        String(repeating: "y", count: 4096), String(repeating: "z", count: 60_000),
    ]

    @Test("Every subscriber of an order has the same updates", arguments: Variant.replaying)
    func deliversToMany(_ variant: Variant) async throws {
        try await Stage.with(variant) {
            $0.loops = 2
        } _: { stage in
            let order = try stage.create("popular")
            var subscribers: [Subscriber] = []
            for _ in 0..<50 { subscribers.append(stage.open(order)) }
            for subscriber in subscribers {
                try await subscriber.recorder.until("the first state") { $0.snapshots == 1 }
            }
            if variant.isStreaming {
                #expect(stage.server.statistics.connections == 50)
                #expect(stage.server.statistics.subscribers == 50)
            }
            for _ in 0..<20 { try stage.publish(order) }
            for subscriber in subscribers {
                let transcript = try await subscriber.catchUp()
                #expect(transcript.updates == 20)
                stage.check(subscriber)
            }
            #expect(stage.server.statistics.accepted >= 50)
        }
    }

    @Test("A subscriber has its own orders' updates and no others", arguments: Variant.replaying)
    func keepsOrdersApart(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let orders = try (0..<8).map { try stage.create("apart-\($0)") }
            var subscribers: [Subscriber] = []
            for order in orders { subscribers.append(try await stage.join(order)) }
            for step in 0..<80 { try stage.publish(orders[step % 8]) }
            for subscriber in subscribers {
                let transcript = try await subscriber.catchUp()
                #expect(transcript.updates == 10)
                stage.check(subscriber)
            }
        }
    }

    @Test("One connection carries many orders", arguments: Variant.manyOrders)
    func carriesManyOrders(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let orders = try (0..<10).map { try stage.create("many-\($0)") }
            let subscriber = try await stage.join(orders)
            for step in 0..<100 { try stage.publish(orders[step * 7 % 10], count: 1 + step % 3) }
            let transcript = try await subscriber.catchUp()
            #expect(transcript.snapshots == 10)
            #expect(transcript.updates == (0..<100).reduce(0) { $0 + 1 + $1 % 3 })
            stage.check(subscriber)
        }
    }

    @Test("A stream that opens while updates are published misses none", arguments: Variant.replaying)
    func opensWhilePublishing(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("busy")
            var subscribers: [Subscriber] = []
            for _ in 0..<40 {
                subscribers.append(stage.open(order))
                for _ in 0..<5 { try stage.publish(order) }
            }
            for subscriber in subscribers {
                try await subscriber.catchUp()
                stage.check(subscriber)
            }
        }
    }

    @Test("A transport without replay delivers the latest state, never an older one", arguments: Variant.latestOnly)
    func coalesces(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("polled")
            let subscriber = try await stage.join(order)
            try await subscriber.recorder.until("a poll without news") { $0.unchanged > 0 }
            for _ in 0..<20 {
                try stage.publish(order, count: 10)
                try await subscriber.catchUp()
            }
            try await subscriber.recorder.until("another poll without news") { transcript in
                transcript.events.last == .unchanged
            }
            let offsets = subscriber.transcript.content.compactMap { $0.payload.flatMap(stage.log.entry)?.offset }
            #expect(offsets == offsets.sorted() && Set(offsets).count == offsets.count)
            #expect(offsets.last == 201)
            #expect(subscriber.transcript.events.count(where: \.isSnapshot) == 1)
        }
    }
}
