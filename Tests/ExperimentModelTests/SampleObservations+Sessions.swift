import ExperimentModel
import Measurement

/// One observation of each study of sessions, with every figure that it can have.
extension SampleObservations {
    static var sessions: [Observation] {
        let times = LatencySummary(histogram: SparseHistogram([.init(value: 1_000_000, count: 9)]))
        let ledger = SessionLedgerSummary(
            expected: 100, live: 60, replayed: 20, snapshot: 8, refetched: 4, duplicated: 1, reordered: 1,
            declaredLost: 4, silentlyLost: 2, undelivered: 2)
        var phases = ReconnectionSummary.Phases()
        phases.detectClient = times
        phases.detectServer = times
        phases.wait = times
        phases.away = times
        phases.connect = times
        phases.authenticate = times
        phases.replay = times
        phases.caughtUp = times
        phases.caughtUpRatio = .init(count: 9, p50: 1.01, p90: 1.05, p99: 1.1)
        var reconnection = session(
            7,
            SessionLevels(
                client: "full-jitter", recovery: "replay",
                fault: FaultPlan(
                    name: "gap", steps: [FaultStep("black-hole", at: 1, for: 2)]),
                durability: "commit"))
        reconnection.reconnection = ReconnectionSummary(
            sessions: 10, interrupted: 10, phases: phases, ledger: ledger, positionsLost: 1, attempts: 12,
            stops: [.init(cause: "401", mustStop: true, stopped: 9, cameBack: 1, uselessRetries: 3)],
            causes: [.init(cause: "ended", ended: 10, failed: 2)],
            nodes: .init(before: [5, 5], after: [2, 8], moved: 3, movedAndTold: 3),
            harm: .init(
                peers: 2, bytesPerSecondPerPeer: -1.5, memory: [.init(seconds: -0.5, bytes: 9_000)], patienceSeconds: 1,
                timeToCut: times, othersBefore: times, othersDuring: times))
        let curve = StormCurve(
            sessions: 1_000, binSeconds: 0.1, attempts: [900, 300], refused: [200, 0], back: [700, 300],
            secondsUntil50: 0.07, secondsUntil90: 0.15, secondsUntil99: 0.19, secondsUntilAll: 0.2, stopped: 3)
        var storm = session(8, SessionLevels(client: "decorrelated-jitter", recovery: "replay", pace: 2_000))
        storm.storm = StormSummary(
            sessions: 1_000, bystanders: 50, acceptRate: 9_000, measured: curve, model: curve, extrapolation: curve,
            extrapolationAcceptRate: 5_000,
            ledger: ledger, bystandersBefore: times, bystandersDuring: times)
        var drain = session(9, SessionLevels(client: "event-source", recovery: "snapshot"))
        drain.drain = DrainSummary(
            sessions: 10, exitSeconds: 0.5, boundSeconds: 5, cleanReasons: 10, closed: times, reconnects: times,
            ledger: ledger)
        var path = session(10, SessionLevels(path: "nginx-idle"))
        path.path = PathSummary(
            settings: 3, outcome: "cut after 1.0 s", verdict: .cut, firstUpdate: times, updates: times,
            idleCutSeconds: 1, refusal: 400, ledger: ledger)
        return [reconnection, storm, drain, path]
    }

    private static func session(_ trial: Int, _ levels: SessionLevels) -> Observation {
        Observation(
            experiment: "sample", run: "sample-20261123T050723Z", seed: 1, trial: trial, block: 1, position: trial,
            cell: Cell(
                transport: "sse",
                load: LoadProfile(name: "sessions", connections: 10, orders: 2, updatesPerSecond: 50), session: levels),
            status: .ok, startedAt: "2026-11-23T05:07:23Z", warmupSeconds: 0.5, measuredSeconds: 4)
    }
}
