import OrderUpdates
import Testing
import TransportCore

@Suite(.serialized) struct ResumeTests {
    @Test("A reader that comes back has what it missed, once", arguments: Variant.replaying)
    func resumesExactly(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("resumed")
            var connections = [try await stage.join(order)]
            for _ in 0..<5 {
                for _ in 0..<10 { try stage.publish(order) }
                try await connections.last!.catchUp()
                let position = try await connections.last!.close().position
                for _ in 0..<10 { try stage.publish(order) }
                connections.append(stage.open(order, after: position))
            }
            let transcript = try await connections.last!.catchUp()
            #expect(transcript.updates == 10 && transcript.snapshots == 0)
            stage.check(connections)
        }
    }

    @Test("A reader that leaves and comes back at once is served, however often", arguments: Variant.all)
    func comesBackAtOnce(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("restless")
            for _ in 0..<40 {
                try stage.publish(order)
                let subscriber = stage.open(order)
                try await subscriber.catchUp()
                try await subscriber.close()
            }
        }
    }

    @Test("A reader that missed nothing has nothing replayed", arguments: Variant.replaying)
    func resumesAtTheLiveEdge(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("edge")
            let first = try await stage.join(order)
            try stage.publish(order)
            let position = try await first.catchUp().position
            try await first.close()
            let second = stage.open(order, after: position)
            try await second.recorder.untilOpen()
            try stage.publish(order)
            let transcript = try await second.catchUp()
            #expect(transcript.content.count == 1)
            stage.check(first, second)
        }
    }

    @Test("The position before the first update replays them all", arguments: Variant.replaying)
    func replaysFromTheBeginning(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("whole")
            for _ in 0..<50 { try stage.publish(order) }
            let epoch = try #require(stage.log.epoch(of: order))
            let subscriber = stage.open(order, after: StreamPosition(epoch: epoch, offset: 0))
            let transcript = try await subscriber.catchUp()
            #expect(transcript.content.compactMap(\.payload) == stage.log.updates(of: order, from: 1))
            #expect(transcript.snapshots == 0 && transcript.losses == 0)
        }
    }

    /// Positions that cannot be read on from, by the order's epoch, its end and the history.
    enum Gone: String, CaseIterable, Sendable {
        case otherEpoch, beyondTheEnd, outOfTheHistory, justOutOfTheHistory

        func position(_ epoch: UInt64, end: UInt64, history: UInt64) -> StreamPosition {
            switch self {
            case .otherEpoch: StreamPosition(epoch: epoch ^ 1 << 40, offset: end)
            case .beyondTheEnd: StreamPosition(epoch: epoch, offset: end + 1)
            case .outOfTheHistory: StreamPosition(epoch: epoch, offset: 0)
            case .justOutOfTheHistory: StreamPosition(epoch: epoch, offset: end - history - 1)
            }
        }
    }

    @Test("A position that is gone is told once, with the state", arguments: Variant.replaying, Gone.allCases)
    func tellsLostPositions(_ variant: Variant, _ gone: Gone) async throws {
        try await Stage.with(variant, history: 16) { stage in
            let order = try stage.create("gone")
            for _ in 0..<40 { try stage.publish(order) }
            let epoch = try #require(stage.log.epoch(of: order))
            let subscriber = stage.open(order, after: gone.position(epoch, end: 41, history: 16))
            try await subscriber.recorder.until("the state") { $0.snapshots == 1 }
            let state = try #require(stage.log.latest(of: order))
            try stage.publish(order)
            let content = try await subscriber.catchUp().content
            let next = try #require(stage.log.latest(of: order))
            #expect(content.count == 3)
            #expect(content.first == .positionLost(nil) || content.first == .positionLost(order))
            #expect(content.dropFirst().first == .snapshot(StreamPosition(epoch: epoch, offset: 41), state))
            #expect(content.last == .update(StreamPosition(epoch: epoch, offset: 42), next))
            #expect(stage.server.statistics.positionsLost == 1)
        }
    }

    @Test("The oldest position of the history can be resumed from", arguments: Variant.replaying)
    func resumesAtTheHistorysEdge(_ variant: Variant) async throws {
        try await Stage.with(variant, history: 16) { stage in
            let order = try stage.create("oldest")
            for _ in 0..<40 { try stage.publish(order) }
            let epoch = try #require(stage.log.epoch(of: order))
            let subscriber = stage.open(order, after: StreamPosition(epoch: epoch, offset: 41 - 16))
            let transcript = try await subscriber.catchUp()
            #expect(transcript.content.compactMap(\.payload) == stage.log.updates(of: order, from: 26))
            #expect(transcript.losses == 0)
        }
    }

    @Test("A stream of many orders resumes, by its one position or by theirs", arguments: Variant.manyOrders)
    func resumesManyOrders(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let orders = try (0..<5).map { try stage.create("stream-\($0)") }
            var connections = [try await stage.join(orders)]
            for round in 0..<5 {
                for step in 0..<20 { try stage.publish(orders[(step + round) % 5]) }
                try await connections.last!.catchUp()
                try await connections.last!.close()
                for step in 0..<20 { try stage.publish(orders[(step + round) % 4]) }
                connections.append(connections.last!.resume())
            }
            let transcript = try await connections.last!.recorder.until("the replay") { $0.updates == 20 }
            #expect(transcript.snapshots == 0)
            stage.check(connections)
        }
    }

    @Test("A stream of many orders whose position is gone has the state of each", arguments: Variant.manyOrders)
    func tellsLostPositionsOfManyOrders(_ variant: Variant) async throws {
        try await Stage.with(variant, history: 8) { stage in
            let orders = try (0..<3).map { try stage.create("lost-\($0)") }
            let first = try await stage.join(orders)
            try await first.close()
            for order in orders { for _ in 0..<20 { try stage.publish(order) } }
            let second = first.resume()
            let transcript = try await second.catchUp()
            #expect(transcript.losses == 3 && transcript.snapshots == 3 && transcript.updates == 0)
            stage.check(first, second)
        }
    }
}
