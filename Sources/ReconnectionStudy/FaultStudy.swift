import Clocks
public import ExperimentModel
public import ExperimentRunner
import LoadGeneration
import Measurement
import TransportCore

/// The study of reconnection: breaks the connections of sessions by a plan, and follows how each session reconnects.
public struct FaultStudy: TrialStudy {
    private let settings: SessionStudySettings
    private let clock = MonotonicClock()
    /// The time before a fault whose cost in memory is measured.
    private static let quiet: Duration = .seconds(1)

    public init(_ settings: SessionStudySettings) { self.settings = settings }

    /// What a trial collects.
    private struct Outcome: Sendable {
        var result: SessionsResult
        var times: FaultRun.Times
        /// When each stream ended at the server, from the fault on; nil where the server itself failed.
        var streamsEnded: [Int64]?
        /// Nil where the trial has no control sessions.
        var memory: [ReconnectionSummary.Harm.MemorySample]?
        var nodes: Int
        var acknowledged: Int
        var firstRefusal: String?
    }

    public func rejection(of cell: Cell) -> String? {
        SessionLegality(settings: settings).rejection(of: cell)
    }

    public func measure(_ trial: Trial, _ observation: inout Observation) async throws {
        let cell = trial.cell
        guard let plan = cell.session?.fault else { throw SessionStudyError("the cell has no fault") }
        let faults = FaultRun(plan, faults: settings.faults)
        let peers = faults.affectedSessions(of: cell.load.connections)
        var stage = TrialEnvironment(settings: settings, trial: trial, peers: peers)
        stage.path = settings.path(of: cell)
        stage.hasProxy = !faults.ofProxy.steps.isEmpty
        stage.bystanders = cell.load.connections - peers
        // One after the other, because the return of each session is compared with its first connection.
        stage.connectsInFlight = 1
        stage.serverArguments = ["--drain-bound", "2", "--history", String(Self.history(trial))]
        if let seconds = SessionTimings(cell).stalledReaderSeconds {
            stage.serverArguments += ["--stalled-reader", "\(Int(seconds * 1000))ms"]
        }
        let start = clock.now
        let outcome = try await stage.run { processes, stopPublishing in
            try await follow(processes, faults, trial, peers: peers, stopPublishing)
        }
        observation.measuredSeconds = start.duration(to: clock.now).seconds
        let policy = try SessionTimings(cell).policy()
        observation.reconnection = summary(outcome, faults, trial, peers: peers, policy)
        conclude(outcome, policy.recovery, &observation)
    }

    /// The updates of an order over a whole trial, twice. So a loss is caused by the fault, and not by a short
    /// history.
    private static func history(_ trial: Trial) -> Int {
        let seconds = trial.warmupSeconds + trial.measureSeconds
        return max(256, Int(2 * seconds * trial.cell.load.updatesPerSecond / Double(trial.cell.load.orders)))
    }

    private func follow(
        _ processes: TrialEnvironment.Processes, _ faults: FaultRun, _ trial: Trial, peers: Int,
        _ stopPublishing: () async -> Void
    ) async throws -> Outcome {
        let sampler = MemorySampler()
        guard peers < trial.cell.load.connections else {
            return try await breakAndFollow(processes, faults, trial, peers: peers, nil, stopPublishing)
        }
        return try await sampler.during(processes.serverPids) {
            // Samples the memory while nothing is wrong.
            try await Task.sleep(for: Self.quiet)
            return try await breakAndFollow(processes, faults, trial, peers: peers, sampler, stopPublishing)
        }
    }

    private func breakAndFollow(
        _ processes: TrialEnvironment.Processes, _ faults: FaultRun, _ trial: Trial, peers: Int,
        _ sampler: MemorySampler?,
        _ stopPublishing: () async -> Void
    ) async throws -> Outcome {
        try await processes.sessions.command(SessionCommand(.fault))
        let endedBefore = processes.servers.map { $0.endedStreams.last?.count ?? 0 }
        func streamEnds(since: Int64) -> [Int64] {
            zip(processes.servers, endedBefore).flatMap { Self.ends($0.endedStreams, after: $1, since: since) }.sorted()
        }
        let stage = FaultStage(
            server: processes.server, sessions: processes.sessions, port: processes.port, peers: peers)
        let times = try await faults.carryOut(stage, processes.proxy)
        try await processes.sessions.command(SessionCommand(.repaired, at: times.repaired))
        // A session notices a dead connection when expected updates do not arrive, so wait for two updates of each
        // order.
        let load = trial.cell.load
        let updates = 2 * Double(load.orders) / max(load.updatesPerSecond, 0.1)
        try await Task.sleep(for: .nanoseconds(Int64((0.1 + min(updates, trial.measureSeconds)) * 1e9)))
        let spent = Double(clock.now.nanoseconds - times.began) / 1e9
        try await processes.sessions.command(
            SessionCommand(.quiesce, seconds: max(0.2, trial.measureSeconds - spent)))
        if sampler != nil, !faults.lasts {
            // The server gets the time that its settings give its peers.
            let deadline = times.began + Int64((SessionTimings(trial.cell).cutSeconds ?? 0) * 1e9)
            while streamEnds(since: times.began).count < peers, clock.now.nanoseconds < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        await stopPublishing()
        try await processes.sessions.command(SessionCommand(.quiesce, seconds: 0.5))
        // Read before the sessions themselves end their connections.
        let ends = streamEnds(since: times.began)
        let counts = processes.publisher.now
        // For as long as the peers last: until all are cut, or read again.
        let over = faults.lasts ? times.repaired : .max
        let lastCut = ends.count >= peers ? times.began + ends[peers - 1] : Int64.max
        let memory = sampler?.samples(since: times.began, until: min(over, lastCut, clock.now.nanoseconds))
        return Outcome(
            result: try await processes.sessions.finish(), times: times,
            streamsEnded: faults.failsServer ? nil : ends, memory: memory, nodes: processes.servers.count,
            acknowledged: counts.acknowledged, firstRefusal: counts.firstCause)
    }

    /// The end of each single stream, from counts.
    static func ends(_ counts: [ServerProcess.EndedStreams], after before: Int, since: Int64) -> [Int64] {
        var seen = before
        var times: [Int64] = []
        for entry in counts where entry.count > seen {
            times += Array(repeating: entry.at - since, count: entry.count - seen)
            seen = entry.count
        }
        return times
    }

    private func summary(
        _ outcome: Outcome, _ faults: FaultRun, _ trial: Trial, peers: Int, _ policy: SessionPolicy
    ) -> ReconnectionSummary {
        let figures = SessionMetrics(Array(outcome.result.records.prefix(peers)), outcome.times)
        var phases = figures.phases
        let hasStreams = ["sse", "websocket"].contains(trial.cell.transport)
        if hasStreams, let ends = outcome.streamsEnded, figures.interrupted > 0 {
            // Each interrupted session had a stream. Later ends are those of newer streams.
            phases.detectServer = SessionMetrics.summary(
                (0..<figures.interrupted).map { $0 < ends.count ? ends[$0] : nil })
        }
        var harm: ReconnectionSummary.Harm?
        if peers < trial.cell.load.connections {
            let ends = outcome.streamsEnded ?? []
            let memory = MemorySlopes(outcome.memory ?? [])
            harm = ReconnectionSummary.Harm(
                peers: peers, bytesPerSecondPerPeer: (memory.added ?? 0) / Double(peers), memory: outcome.memory,
                patienceSeconds: SessionTimings(trial.cell).stalledReaderSeconds,
                timeToCut: SessionMetrics.summary((0..<peers).map { $0 < ends.count ? ends[$0] : nil }),
                othersBefore: outcome.result.before, othersDuring: outcome.result.since)
        }
        return ReconnectionSummary(
            sessions: peers, interrupted: figures.interrupted, phases: phases,
            ledger: outcome.result.records.reduce(SessionLedgerSummary()) { $0 + $1.ledger },
            positionsLost: figures.positionsLost, attempts: figures.attempts,
            stops: figures.stops(isEventSource: policy.model == .eventSource), causes: figures.causes,
            nodes: figures.nodes(outcome.nodes), harm: harm)
    }

    private func conclude(_ outcome: Outcome, _ recovery: RecoveryStrategy, _ observation: inout Observation) {
        guard let summary = observation.reconnection else { return }
        if let rejection = LedgerGate.rejection(to: summary.ledger, recovery) {
            (observation.status, observation.reason) = (.failed, rejection)
        } else if outcome.acknowledged == 0 {
            (observation.status, observation.reason) = (
                .invalid,
                "the server acknowledged nothing that was published: \(outcome.firstRefusal ?? "nothing was due")"
            )
        } else if let early = outcome.result.records.firstIndex(where: { record in
            record.interruptions.contains { $0.lost < outcome.times.began }
        }) {
            (observation.status, observation.reason) = (
                .invalid, "session \(early) lost its connection before the fault began"
            )
        }
    }
}
