import Glibc
import OrderUpdates
import Persistence
import Testing

/// What another process finds.
@Suite struct RecoveryTests {
    private let folder: TemporaryFolder
    private let ids = [OrderID.a, .b]

    init() throws { folder = try TemporaryFolder() }

    private func open(
        _ durability: Durability, _ folder: TemporaryFolder? = nil,
        _ configuration: OrderEventHub.Configuration = .init(history: 4)
    ) throws -> TimelineStore {
        try TimelineStore((folder ?? self.folder).path, durability: durability, configuration: configuration)
    }

    /// Two orders, one of which is longer than the history.
    private func fill(_ store: TimelineStore) async throws {
        for id in ids { try store.hub.create(id, owner: "ada", status: .activating, timestamp: 0) }
        for number in 0..<9 {
            try store.hub.progress(.a, "step \(number)")
            if number.isMultiple(of: 4) { try store.hub.progress(.b, "step \"\(number)\" \u{1F680}") }
            // Groups of several sizes.
            if number.isMultiple(of: 3) { try await store.flush() }
        }
        try await store.flush()
    }

    @Test("A store that was closed goes on where it stopped", arguments: [Durability.async, .commit])
    func whatWasLeftInGoodOrderGoesOn(durability: Durability) async throws {
        let first = try open(durability)
        try await fill(first)
        let known = first.hub.everything(of: ids)
        try first.close()
        #expect(try folder.contents().keys.sorted() == ["timelines.sqlite", "watermark"], "a log is left")

        let second = try open(durability)
        #expect(second.hub.everything(of: ids) == known)
        // It goes on where the first has stopped.
        let end = try #require(second.hub.order(.a)).position
        let next = try second.hub.publish(OrderUpdate(orderID: .a, status: .activating, timestamp: 0))
        #expect(next == StreamPosition(epoch: end.epoch, offset: end.offset + 1))
        try second.close()
    }

    @Test("A crash takes nothing with durability commit, and positions stay")
    func aCrashTakesNothingFromCommit() async throws {
        let first = try open(.commit)
        try await fill(first)
        let known = first.hub.everything(of: ids)
        let crashed = try folder.crashed()
        let second = try open(.commit, crashed)
        #expect(second.hub.everything(of: ids) == known)
        try second.close()
        try first.close()
    }

    /// Readers may have been ahead.
    @Test("After a crash with durability async the state is there, and every position is lost")
    func aCrashOfAsyncBeginsANewEpoch() async throws {
        let first = try open(.async)
        try await fill(first)
        let crashed = try folder.crashed()
        for next in [Durability.async, .commit] {
            let second = try open(next, try crashed.crashed())
            #expect(second.hub.epoch != first.hub.epoch)
            for id in ids {
                let old = try #require(first.hub.order(id))
                guard case .positionLost(let snapshot) = second.hub.read(id, after: old.position) else {
                    Issue.record("a position outlived its epoch")
                    continue
                }
                #expect(snapshot.json == old.json && snapshot.position.offset == old.position.offset)
            }
            try second.close()
        }
        try first.close()
    }

    @Test("The length of the history may change between two starts", arguments: [1, 3, 4, 5, 100])
    func theHistoryMayChange(history: Int) async throws {
        let first = try open(.commit)
        try await fill(first)
        try first.close()
        for _ in 0..<2 {
            let store = try open(.commit, nil, .init(history: history))
            let order = try #require(store.hub.order(.a))
            let oldest = order.position.offset - UInt64(min(history, 4))
            #expect(store.hub.offsets(.a, after: oldest)?.count == min(history, 4))
            // What a longer history still finds in the file is all the better.
            if history <= 4 { #expect(store.hub.offsets(.a, after: oldest - 1) == nil) }
            try store.close()
        }
    }

    @Test("An evicted order is gone after a restart, and its name gets an epoch of its own")
    func anEvictedOrderIsGone() async throws {
        let bounds = OrderEventHub.Configuration(history: 4, terminalRetention: .zero)
        let first = try open(.commit, nil, bounds)
        try first.hub.create(.a, owner: "ada", status: .activating)
        for number in 0..<9 { try first.hub.progress(.a, "step \(number)") }
        try first.hub.perform(.complete, on: .a)
        try await first.flush()
        // The next call of the hub sees that it is due.
        try first.hub.create(.b, owner: "ada", status: .activating)
        try await first.flush()
        #expect(first.hub.order(.a) == nil)
        let known = first.hub.everything(of: ids)
        try first.close()
        let second = try open(.commit, nil, bounds)
        #expect(second.hub.everything(of: ids) == known)
        // A name that is taken again has an epoch of its own.
        let epoch = try second.hub.create(.a, owner: "ada").position.epoch
        #expect(epoch == second.hub.epoch &+ 3)
        try second.close()
    }

    @Test("What is refused closes no descriptor but its own", .timeLimit(.minutes(1)))
    func aRefusalClosesItsOwn() async throws {
        let store = try open(.commit)
        let path = folder.path
        // A second close of a number that another thread has been given meanwhile takes its file away.
        let kept = Task.detached {
            var lost = 0
            for _ in 0..<200_000 {
                let file = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
                if fcntl(file, F_GETFD) < 0 { lost += 1 }
                if Glibc.close(file) != 0 { lost += 1 }
            }
            return lost
        }
        for _ in 0..<2_000 { #expect(throws: StoreError.self) { try TimelineStore(path, durability: .commit) } }
        #expect(await kept.value == 0)
        try store.close()
    }

    @Test("A folder has one process at a time")
    func aFolderHasOneProcess() throws {
        let store = try open(.commit)
        #expect { try open(.commit) } throws: { ($0 as? StoreError)?.code == .inUse }
        try store.close()
        // Closed again, it says the same.
        try store.close()
        withExtendedLifetime(store) {}
    }

    @Test("Updates that come together are one transaction, and there is none without an update")
    func whatComesTogetherIsOneGroup() async throws {
        let store = try open(.commit)
        try store.hub.create(.a, owner: "ada", status: .activating)
        try await store.flush()
        let before = try commits()
        store.hub.publish(
            (0..<100).map { OrderUpdate(orderID: .a, status: .activating, message: "\($0)", timestamp: 0) })
        for _ in 0..<3 { try await store.flush() }
        #expect(try commits() == before + 1)
        try store.close()
    }

    /// The watermark's first word.
    private func commits() throws -> Int {
        let line = String(decoding: try folder.read("watermark"), as: UTF8.self)
        return try #require(Int(line.prefix { $0 != " " }))
    }

    @Test("Updates from several threads are kept in the hub's order") func groupsKeepTheOrder() async throws {
        let store = try open(.commit, nil, .init(history: 1_000))
        for id in ids { try store.hub.create(id, owner: "ada", status: .activating, timestamp: 0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for publisher in 0..<4 {
                group.addTask {
                    for number in 0..<100 {
                        try store.hub.progress(number.isMultiple(of: 2) ? .a : .b, "\(publisher) \(number)")
                        if number.isMultiple(of: 25) { try await store.flush() }
                    }
                }
            }
            try await group.waitForAll()
        }
        try await store.flush()
        let known = store.hub.everything(of: ids)
        #expect(store.hub.sequence == 402)
        try store.close()
        let again = try open(.commit, nil, .init(history: 1_000))
        #expect(again.hub.everything(of: ids) == known)
        try again.close()
    }
}
