import Clocks
import ExperimentModel
import Glibc
import LoadGeneration
import Testing
import TransportCore
import Transports

/// Sessions over real sockets, whose server ends and comes back.
@Suite(.serialized) struct SessionRunTests {
    private static let replaying: [any ClientTransport] = [
        SSEClientTransport(), WebSocketClientTransport(), LongPollingClientTransport(),
    ]

    /// What was seen, what the server's end left out, and what came after its return.
    private func outage(_ transport: any ClientTransport, _ recovery: RecoveryStrategy) async throws -> SessionsResult {
        try await SessionStage.run(transport, SessionStage.policy(recovery)) { stage in
            try stage.publish(5)
            #expect(try await stage.quiesce() == 4)
            await stage.stopServer()
            try stage.publish(7)
            try stage.startServer()
            try await stage.command(SessionCommand(.repaired, at: MonotonicClock().now.nanoseconds))
            #expect(try await stage.quiesce() == 4)
        }
    }

    @Test("A session that resumes gets each update once, those of the outage by replay", arguments: 0..<3)
    func replays(_ index: Int) async throws {
        let result = try await outage(Self.replaying[index], .replayOrSnapshot)
        for record in result.records {
            #expect(record.ledger.expected == 12)
            #expect(record.ledger.live + record.ledger.replayed == 12)
            #expect(record.ledger.duplicated == 0 && record.ledger.reordered == 0 && record.ledger.silentlyLost == 0)
            #expect(record.stop == nil)
            // A poll whose kept connection closes is asked once more by the client itself (RFC 9110, section 9.2.2), and where
            // the server is back by then the session sees no end.
            if Self.replaying[index].name == .longPolling, record.interruptions.isEmpty { continue }
            #expect(record.ledger.replayed == 7)
            let interruption = try #require(record.interruptions.first)
            #expect(!interruption.isClean && !interruption.attempts.isEmpty)
            let back = try #require(record.interruptions.last).back
            let steps = try [back.began, back.connected, back.opened, back.whole, record.caughtUpAt].map {
                try #require($0)
            }
            #expect(steps == steps.sorted())
            #expect(interruption.lost < steps[0])
        }
    }

    @Test("A session that re-fetches has what the outage left out by GET", arguments: 0..<2)
    func refetches(_ index: Int) async throws {
        let result = try await outage(Self.replaying[index], .refetch)
        for record in result.records {
            #expect(record.ledger.expected == 12 && record.ledger.refetched == 12)
            #expect(record.ledger.silentlyLost == 0 && record.counters.refetches > 1)
        }
    }

    @Test("A poll, and a stream without a position, begin with the state", arguments: [false, true])
    func snapshots(_ isPolling: Bool) async throws {
        let transport: any ClientTransport = isPolling ? PollingClientTransport() : SSEClientTransport()
        let result = try await outage(transport, .snapshot)
        for record in result.records {
            #expect(record.ledger.expected == 12 && record.ledger.silentlyLost == 0 && record.ledger.replayed == 0)
            #expect(record.ledger.snapshot >= 7)
        }
    }

    @Test("A drain is told in band, and the time that it asks for is kept")
    func hearsOfDrain() async throws {
        let result = try await SessionStage.run(WebSocketClientTransport(), SessionStage.policy(.replay)) { stage in
            await stage.drainServer()
            try stage.startServer()
            #expect(try await stage.quiesce() == 4)
        }
        for record in result.records {
            let interruption = try #require(record.interruptions.first)
            #expect(interruption.isClean && interruption.cause == "1012 draining")
            #expect(try #require(interruption.attempts.first) - interruption.lost >= 1_000_000_000)
        }
    }

    @Test("A server that drops an update in silence, or repeats one, is caught", arguments: [false, true])
    func catchesBrokenServer(_ repeats: Bool) async throws {
        let transport = BrokenTransport(SSEClientTransport(), repeats: repeats)
        let result = try await SessionStage.run(transport, SessionStage.policy(.replayOrSnapshot)) { stage in
            try stage.publish(10)
            #expect(try await stage.quiesce() == 4)
        }
        for record in result.records {
            #expect((record.ledger.silentlyLost > 0) == !repeats)
            #expect((record.ledger.duplicated > 0) == repeats)
        }
    }

    @Test("What is acknowledged and does not come is undelivered, and its sessions are not quiescent")
    func missesWhatIsAcknowledged() async throws {
        let result = try await SessionStage.run(SSEClientTransport(), SessionStage.policy(.replay)) { stage in
            try stage.publish(3)
            #expect(try await stage.quiesce() == 4)
            stage.acknowledge(order: 0, beyond: 2)
            let quiescent = try await stage.command(SessionCommand(.quiesce, seconds: 0.05)).sessions
            // The sessions of the other order have all there is.
            #expect(quiescent == 2)
        }
        #expect(result.records.map(\.ledger.undelivered) == [2, 0, 2, 0])
    }

    @Test("Sessions that stop to read are left behind until they read again")
    func stallsAndReads() async throws {
        let result = try await SessionStage.run(WebSocketClientTransport(), SessionStage.policy(.replay)) { stage in
            #expect(try await stage.command(SessionCommand(.stopReading, sessions: 2)).sessions == 2)
            try stage.publish(4)
            #expect(try await stage.command(SessionCommand(.quiesce, seconds: 0.2)).sessions == 2)
            #expect(try await stage.command(SessionCommand(.read)).sessions == 4)
            #expect(try await stage.quiesce() == 4)
        }
        #expect(result.records.allSatisfy { $0.interruptions.isEmpty && $0.ledger.live == 4 })
    }

    @Test("Peers that vanish are missed by their sessions after the liveness timeout")
    func vanishes() async throws {
        var policy = SessionStage.policy(.replayOrSnapshot)
        policy.livenessTimeout = .milliseconds(400)
        let result = try await SessionStage.run(SSEClientTransport(), policy) { stage in
            #expect(try await stage.command(SessionCommand(.vanish, sessions: 2)).sessions == 2)
            try stage.publish(3)
            #expect(try await stage.quiesce() == 4)
        }
        let cut = result.records.filter { !$0.interruptions.isEmpty }
        #expect(cut.count == 2)
        #expect(cut.allSatisfy { $0.interruptions[0].cause == "silent" && $0.counters.livenessTimeouts == 1 })
        #expect(result.records.allSatisfy { $0.ledger.expected == 3 && $0.ledger.undelivered == 0 })
    }
}
