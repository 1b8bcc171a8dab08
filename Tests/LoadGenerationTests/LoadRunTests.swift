import ExperimentModel
import Glibc
import LoadGeneration
import OrderUpdates
import Synchronization
import Testing
import TransportCore
import Transports

/// The whole of a load, against a hub in this process.
@Suite struct LoadRunTests {
    private func run(
        _ load: LoadProfile, orders: Int? = nil,
        change: (inout LoadSpecification) -> Void = { _ in },
        report: @escaping @Sendable (LoadEvent) async throws -> Void = { _ in },
        publisher: (HubPublisher) -> any UpdatePublisher = { $0 }
    ) async throws -> LoadResult {
        let network = InProcessNetwork()
        let hub = OrderEventHub()
        for index in 0..<(orders ?? load.orders) {
            try hub.create(try #require(OrderID("order-\(index)")), owner: "anyone", status: .activating)
        }
        let server = try await InProcessTransport(network: network).start(
            OrderService(hub: hub, auth: NoAuthentication()), ServerConfiguration())
        var specification = LoadSpecification(transport: "in-process", load: load)
        specification.target.host = server.endpoint.host
        specification.target.port = server.endpoint.port
        specification.warmupSeconds = 0.05
        specification.measureSeconds = 0.25
        specification.drainSeconds = 20
        change(&specification)
        let result: Result<LoadResult, any Error>
        do {
            result = .success(
                try await LoadRun(
                    specification, transport: InProcessClientTransport(network: network),
                    publisher: publisher(HubPublisher(hub: hub)), report: report
                ).run())
        } catch {
            result = .failure(error)
        }
        await server.stop()
        return try result.get()
    }

    @Test("A load delivers every update once, and measures it") func deliversEverythingOnce() async throws {
        let load = LoadProfile(name: "a", connections: 30, orders: 3, updatesPerSecond: 200, burst: 4)
        let result = try await run(load)
        #expect(result.ledger.expected > 0)
        #expect(result.ledger.delivered == result.ledger.expected)
        #expect(result.ledger.expected == result.publishing.updates * 10)
        #expect(result.latency.corrected.count == result.ledger.expected)
        #expect(result.latency.corrected.censored == 0)
        #expect(result.timeToFirstEvent.count == 30)
        #expect(result.unknownUpdates == 0)
        #expect(result.disconnections == 0)
        #expect(result.fanOutSkew != nil)
        #expect(result.publishing.refused == 0 && result.publishing.unanswered == 0)
        #expect(result.publishing.latenessP99Nanoseconds != nil)
        #expect((result.traffic.deliveries ?? 0) > 0)
        #expect((0...1).contains(try #require(result.processFraction)))
        #expect(try #require(result.demandFraction) >= result.busyFraction)
        #expect(result.resources.voluntarySwitches != nil)
    }

    /// The schedule does not depend on what is delivered.
    @Test("A window has as many updates as its length and rate say") func publishesByTheScheduleAlone() async throws {
        let result = try await run(LoadProfile(name: "a", connections: 5, orders: 1, updatesPerSecond: 400))
        #expect(result.publishing.updates == 100)
    }

    @Test(
        "An update that a held-up publisher sends late, or never, is still due",
        arguments: [(drain: 20.0, comes: true), (drain: 0.01, comes: false)])
    func whatIsLateIsStillDue(drain: Double, comes: Bool) async throws {
        let load = LoadProfile(name: "a", connections: 2, orders: 1, updatesPerSecond: 40)
        let result = try await run(
            load, change: { $0.drainSeconds = drain },
            publisher: { HeldUpPublisher($0, microseconds: comes ? 800_000 : 5_000_000) })
        #expect(result.ledger.expected == 2 * 10)
        #expect(result.ledger.delivered == (comes ? 20 : 0))
        #expect(result.ledger.undelivered == (comes ? 0 : 20))
        #expect(try #require(result.publishing.latenessP99Nanoseconds) > 100_000_000)
    }

    /// Blocks its thread with the first update, as a machine that is busy with something else does.
    private final class HeldUpPublisher: UpdatePublisher {
        private let hub: HubPublisher
        private let microseconds: UInt32

        init(_ hub: HubPublisher, microseconds: UInt32) {
            self.hub = hub
            self.microseconds = microseconds
        }

        func publish(
            _ updates: [OrderUpdate], order: OrderID, firstSequence: Int,
            written: @escaping @Sendable (Range<Int>) -> Void,
            failed: @escaping @Sendable (Range<Int>, PublicationFailure) -> Void
        ) {
            if firstSequence == 1 { usleep(microseconds) }
            hub.publish(updates, order: order, firstSequence: firstSequence, written: written, failed: failed)
        }

        var statistics: PublisherStatistics { hub.statistics }

        func shutdown() async { await hub.shutdown() }
    }

    @Test("Connections can be held without updates") func holdsConnectionsWithoutUpdates() async throws {
        let result = try await run(LoadProfile(name: "idle", connections: 10, orders: 10, updatesPerSecond: 0)) {
            $0.publishing = .none
        }
        #expect(result.ledger == LedgerSummary())
        #expect(result.latency.corrected.count == 0)
        #expect(result.timeToFirstEvent.count == 10)
    }

    @Test("The digest depends on the updates alone, not on the number of connections")
    func theDigestIsThatOfTheUpdatesAlone() async throws {
        var digests: Set<String> = []
        for connections in [1, 7] {
            let load = LoadProfile(name: "a", connections: connections, orders: 1, updatesPerSecond: 50)
            let result = try await run(load) { $0.fairnessUpdates = 8 }
            digests.insert(try #require(result.fairnessDigest))
        }
        #expect(digests.count == 1)
        let other = try await run(LoadProfile(name: "a", connections: 1, orders: 1, updatesPerSecond: 50)) {
            $0.fairnessUpdates = 7
        }
        #expect(other.fairnessDigest != digests.first)
        var specification = LoadSpecification(
            transport: "sse", load: LoadProfile(name: "a", connections: 1, orders: 1, updatesPerSecond: 50))
        specification.fairnessUpdates = 8
        #expect(specification.publishedDigest == digests.first)
    }

    @Test("A slow reader loses its position or is cut off, and the others lose nothing")
    func aSlowReaderLosesItsPlace() async throws {
        // Several times the mebibyte that may wait for a reader.
        let load = LoadProfile(
            name: "a", connections: 4, orders: 1, updatesPerSecond: 40_000, burst: 64, slowReaders: 2)
        let result = try await run(load)
        #expect(result.slowReaders.positionsLost + Int64(result.slowReaders.cut) > 0)
        #expect(result.ledger.delivered + result.ledger.coalesced == result.ledger.expected)
        #expect(result.ledger.lost == 0 && result.ledger.duplicated == 0 && result.ledger.reordered == 0)
    }

    @Test("A long window is sampled until its end") func aLongWindowIsSampled() async throws {
        let load = LoadProfile(name: "a", connections: 4, orders: 1, updatesPerSecond: 100)
        let samples = Mutex<[LoadEvent]>([])
        let result = try await run(
            load,
            change: {
                $0.measureSeconds = 1.5
                $0.sampleSeconds = 0.4
            },
            report: { event in samples.withLock { if event.event == .sample { $0.append(event) } } })
        let seconds = samples.withLock { $0.compactMap(\.seconds) }
        // The last one is of the end of the window, however busy the machine was before.
        #expect(!seconds.isEmpty && seconds == seconds.sorted() && (seconds.last ?? 0) >= 1.5)
        // On a machine so busy that no update comes within the window there is nothing to see but the samples' times.
        let isMeasured = samples.withLock { $0.contains { ($0.updates ?? 0) > 0 && $0.latencyP99 != nil } }
        #expect(isMeasured == (result.latency.corrected.count > 0))
    }

    @Test("The phases of a load are reported in order") func phasesAreToldInOrder() async throws {
        let names = Mutex<[LoadEvent.Name]>([])
        _ = try await run(
            LoadProfile(name: "a", connections: 2, orders: 1, updatesPerSecond: 50),
            report: { event in names.withLock { if event.event != .progress { $0.append(event.event) } } })
        #expect(names.withLock { $0 } == [.started, .ready, .measuring, .measured, .held, .closed])
    }

    @Test("A subscription to an order that does not exist fails with its cause")
    func anUnknownOrderIsRefusedWithItsCause() async throws {
        let load = LoadProfile(name: "a", connections: 3, orders: 3, updatesPerSecond: 50)
        let error = await #expect(throws: LoadError.self) { try await run(load, orders: 1) }
        #expect(error?.code == .cannotConnect)
        #expect(error?.message.contains("404") == true)
    }

    @Test("A setting that the transport cannot meet is refused")
    func whatTheTransportCannotDoIsSaidBeforeAnythingIsConnected() async throws {
        let load = LoadProfile(name: "a", connections: 1, orders: 1, updatesPerSecond: 50)
        let error = await #expect(throws: LoadError.self) { try await run(load) { $0.target.tls = true } }
        #expect(error?.code == .unsupported)
    }

    @Test("Slow readers are counted apart") func slowReadersAreCountedApart() async throws {
        let load = LoadProfile(name: "a", connections: 6, orders: 1, updatesPerSecond: 400, slowReaders: 2)
        let result = try await run(load)
        #expect(result.ledger.expected == result.publishing.updates * 4)
        #expect(result.ledger.delivered == result.ledger.expected)
        #expect(result.slowReaders.count == 2)
    }

    @Test("A load that is cancelled ends") func cancellingEndsIt() async throws {
        let load = LoadProfile(name: "a", connections: 4, orders: 1, updatesPerSecond: 100)
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await run(load, change: { $0.measureSeconds = 3_600 }) { event in
                if event.event == .measuring { continuation.yield() }
            }
        }
        for await _ in stream { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
