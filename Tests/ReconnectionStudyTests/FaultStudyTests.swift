import ExperimentModel
import Glibc
import NetworkPaths
import ReconnectionStudy
import Testing

/// Trials of the study of reconnection, with processes of their own: each of the runner's faults, and one of the proxy's.
@Suite(.serialized) struct FaultStudyTests {
    private func measure(_ cell: Cell) async throws -> Observation {
        try await StudyBench.measure(cell) { FaultStudy($0) }
    }

    /// Everything that was published is accounted for, and came.
    private func checkWhole(_ summary: ReconnectionSummary) {
        let ledger = summary.ledger
        #expect(ledger.expected > 0 && ledger.silentlyLost == 0 && ledger.undelivered == 0)
        #expect(ledger.duplicated == 0 && ledger.reordered == 0)
    }

    @Test("Connections that are reset come back by replay", arguments: ["sse", "websocket", "long-polling"])
    func resets(_ transport: String) async throws {
        let observation = try await measure(StudyBench.cell(transport, fault: [FaultStep("reset")]))
        #expect(observation.status == .ok, "\(observation.reason ?? "")")
        let summary = try #require(observation.reconnection)
        checkWhole(summary)
        // A session between two polls has no request that a reset could interrupt.
        let interrupted = summary.interrupted
        #expect(transport == "long-polling" ? (1...6).contains(interrupted) : interrupted == 6)
        #expect(summary.ledger.replayed > 0 && summary.ledger.declaredLost == 0)
        #expect(summary.attempts >= interrupted)
        for phase in [
            summary.phases.detectClient, summary.phases.wait, summary.phases.connect, summary.phases.authenticate,
            summary.phases.replay, summary.phases.caughtUp,
        ] {
            #expect(phase.map { Int($0.count) } == interrupted && phase?.censored == 0)
        }
        #expect((summary.phases.detectServer?.count == 6) == (transport != "long-polling"))
        #expect(summary.phases.caughtUpRatio.map { Int($0.count) } == interrupted)
    }

    @Test("A server that is killed loses its history, and every session is told once")
    func kills() async throws {
        let observation = try await measure(StudyBench.cell(fault: [FaultStep("server-kill", for: 0.3)]))
        #expect(observation.status == .ok, "\(observation.reason ?? "")")
        let summary = try #require(observation.reconnection)
        checkWhole(summary)
        #expect(summary.interrupted == 6 && summary.positionsLost == 6)
        #expect(summary.phases.detectServer == nil)
    }

    @Test("A server that stops says so")
    func stops() async throws {
        let observation = try await measure(
            StudyBench.cell("websocket", recovery: "snapshot", fault: [FaultStep("server-stop", for: 0.3)]))
        #expect(observation.status == .ok, "\(observation.reason ?? "")")
        let summary = try #require(observation.reconnection)
        checkWhole(summary)
        #expect(summary.stops.map(\.cause) == ["1012 draining"])
        #expect(summary.stops[0].cameBack == 6 && !summary.stops[0].mustStop)
    }

    @Test(
        "A freeze that is over before anybody notices costs no connection",
        arguments: ["server-freeze", "client-freeze"])
    func freezes(_ fault: String) async throws {
        // Nothing of a client that re-fetches by itself: an EventSource notices nothing.
        let observation = try await measure(
            StudyBench.cell(client: "event-source", fault: [FaultStep(fault, for: 0.3)]))
        #expect(observation.status == .ok, "\(observation.reason ?? "")")
        let summary = try #require(observation.reconnection)
        checkWhole(summary)
        #expect(summary.interrupted == 0 && summary.phases.caughtUp?.count == 6)
    }

    @Test("Readers that stall, and peers that vanish, are told apart from those that stand by")
    func harms() async throws {
        for fault in [FaultStep("stalled-reader", for: 0.4), FaultStep("half-open")] {
            let observation = try await measure(StudyBench.cell("websocket", fault: [fault]))
            #expect(observation.status == .ok, "\(observation.reason ?? "")")
            let summary = try #require(observation.reconnection)
            checkWhole(summary)
            let harm = try #require(summary.harm)
            #expect(harm.peers == 3 && summary.sessions == 3)
            #expect((harm.othersDuring?.count ?? 0) > 0)
            #expect(
                harm.memory?.contains { $0.seconds < 0 } == true && harm.memory?.contains { $0.seconds > 0 } == true)
            guard fault.fault == "half-open" else { continue }
            #expect(summary.interrupted == 3)
            // No FIN, no RST, no acknowledgement: the server cuts them by its patience, and not before.
            let cut = try #require(harm.timeToCut)
            let patience = try #require(harm.patienceSeconds)
            #expect(cut.count == 3 && cut.censored == 0)
            #expect(Double(cut.min ?? 0) / 1e9 > 0.9 * patience)
        }
    }

    @Test(
        "Sessions of a node that goes come to the other one, behind a balancer, and are told",
        .enabled(if: ProxyProgram.haproxy.path != nil, "haproxy is not installed"))
    func moves() async throws {
        let cell = StudyBench.cell(
            fault: [FaultStep("server-kill", for: 3)], path: "haproxy-restart")
        let observation = try await measure(cell)
        #expect(observation.status == .ok, "\(observation.reason ?? "")")
        let summary = try #require(observation.reconnection)
        let nodes = try #require(summary.nodes)
        checkWhole(summary)
        #expect(nodes.before == [3, 3] && nodes.after == [0, 6])
        #expect(summary.interrupted == 3 && nodes.moved == 3 && nodes.movedAndTold == 3 && summary.positionsLost == 3)
        #expect(summary.causes?.reduce(0) { $0 + $1.ended } == 3)
        #expect(summary.phases.away?.count == 3 && summary.phases.away?.censored == 0)
    }

    @Test("The kernel cuts the sessions' sockets", .enabled(if: geteuid() == 0))
    func cutsSockets() async throws {
        let observation = try await measure(StudyBench.cell(fault: [FaultStep("socket-kill")]))
        #expect(observation.status == .ok, "\(observation.reason ?? "")")
        let summary = try #require(observation.reconnection)
        checkWhole(summary)
        #expect(summary.interrupted == 6)
    }

    @Test("A client that listens stops at 404, and one that does not is counted for it", arguments: [true, false])
    func countsUselessRetries(_ listens: Bool) async throws {
        let steps = [
            FaultStep("respond", for: 1.5, parameters: ["status": 404]), FaultStep("reset", at: 0.01),
        ]
        let observation = try await measure(
            StudyBench.cell(client: listens ? "full-jitter" : "fixed", fault: steps))
        #expect(observation.status == .ok, "\(observation.reason ?? "")")
        let stop = try #require(observation.reconnection?.stops.first)
        #expect(stop.cause == "404" && stop.mustStop)
        if listens {
            #expect(stop.stopped == 6 && stop.cameBack == 0 && stop.uselessRetries == 0)
            #expect((observation.reconnection?.ledger.undelivered ?? 0) > 0)
        } else {
            #expect(stop.stopped == 0 && stop.cameBack == 6 && stop.uselessRetries >= 6)
        }
    }

    @Test("What cannot be is skipped with its reason")
    func skips() async throws {
        let cells: [(Cell, String)] = [
            (StudyBench.cell("in-process", fault: [FaultStep("reset")]), "no connection"),
            (StudyBench.cell("websocket", client: "event-source", fault: [FaultStep("reset")]), "SSE alone"),
            (
                StudyBench.cell(client: "event-source", recovery: "snapshot", fault: [FaultStep("reset")]),
                "Last-Event-ID"
            ),
            (StudyBench.cell("polling", fault: [FaultStep("reset")], pollInterval: 1), "no positions"),
            (StudyBench.cell("polling", recovery: "refetch", fault: [FaultStep("reset")], pollInterval: 1), "GET"),
            (StudyBench.cell(fault: [FaultStep("respond", for: 1)], tls: true), "TLS hides"),
            (StudyBench.cell(fault: [FaultStep("server-kill")]), "'for'"),
            (StudyBench.cell(fault: [FaultStep("reset")], path: "haproxy", tls: true), "without TLS"),
            (StudyBench.cell(fault: [FaultStep("reset")], version: "h2"), "within TLS alone"),
        ]
        for (cell, words) in cells {
            let observation = try await measure(cell)
            #expect(observation.status == .skipped)
            #expect(observation.reason?.contains(words) == true, "\(observation.reason ?? "")")
        }
    }
}
