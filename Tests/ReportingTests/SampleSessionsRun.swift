import ExperimentModel
import Measurement
import Reporting

/// Made-up studies of sessions whose figures are consistent with each other: no measurement, but of the shape of one.
struct SampleSessionsRun {
    var study: Experiment.Study
    var blocks = 2

    static let all: [Experiment.Study] = [.reconnection, .storm, .drain, .proxies]

    static let load = LoadProfile(name: "sessions", connections: 40, orders: 4, updatesPerSecond: 50)
    static let faults = [
        FaultPlan(
            name: "black-hole", steps: [FaultStep("black-hole", at: 1, for: 3, parameters: ["direction": 1])]),
        FaultPlan(name: "reset", steps: [FaultStep("reset", at: 1)]),
        FaultPlan(name: "server-kill", steps: [FaultStep("server-kill", at: 1, for: 0.5)]),
        FaultPlan(name: "stalled-reader", steps: [FaultStep("stalled-reader", at: 1, for: 2)]),
        FaultPlan(name: "unauthorized", steps: [FaultStep("respond", at: 1, for: 2, parameters: ["status": 401])]),
    ]

    /// The lines, in an order that is none of the report's.
    func observations() -> [Observation] {
        var lines: [Observation] = []
        for block in 1...blocks {
            let cells = block.isMultiple(of: 2) ? cells.reversed() : cells
            for (place, cell) in cells.enumerated() {
                lines.append(line(cell, trial: lines.count + 1, block: block, position: place + 1))
            }
        }
        return lines
    }

    func folder(_ observations: [Observation]? = nil) -> ResultFolder {
        let lines = observations ?? self.observations()
        return ResultFolder(
            path: "", observations: lines,
            manifest: RunManifest(
                run: "\(study.rawValue)-20261126T010000Z", experiment: study.rawValue,
                title: "A study of \(study.rawValue)",
                seed: 7, startedAt: "2026-11-26T01:00:00Z", trials: blocks * cells.count, estimatedSeconds: 90,
                equivalenceMargin: 0.1, study: study), environment: SampleRun.environment)
    }

    func analysis(_ observations: [Observation]? = nil) throws -> Analysis {
        try Self.analysis(folder(observations))
    }

    static func analysis(_ folder: ResultFolder) throws -> Analysis {
        var vocabulary = Vocabulary.standard
        vocabulary.faults = [
            FaultProfile("black-hole", purpose: "swallows all bytes of a direction"),
            FaultProfile("reset", purpose: "ends connections with RST", lasts: false),
        ]
        vocabulary.paths = ["direct", "nginx", "nginx-buffering", "haproxy-idle"]
        return try Report(options: ReportOptions(resamples: 200, vocabulary: vocabulary)).analyze(folder)
    }

    // MARK: Cells

    var cells: [Cell] {
        switch study {
        case .reconnection:
            Self.faults.flatMap { fault in
                [
                    ("sse", "event-source"), ("sse", "full-jitter"), ("websocket", "full-jitter"),
                    ("long-polling", "full-jitter"),
                ]
                .flatMap { transport, client in
                    ["refetch", "replay"].map { recovery in
                        Cell(
                            transport: transport, load: Self.load,
                            session: SessionLevels(
                                client: client, recovery: recovery, fault: fault, durability: "commit"))
                    }
                }
            }
        case .storm:
            [("sse", 1_000), ("sse", 10_000), ("websocket", 10_000)].flatMap { transport, sessions in
                ["fixed", "full-jitter", "decorrelated-jitter"].map { client in
                    Cell(
                        transport: transport, load: Self.storm(sessions),
                        session: SessionLevels(client: client, recovery: "replay"))
                }
            }
        case .drain:
            ["sse", "websocket"].flatMap { transport in
                [nil, 500.0].map { pace in
                    Cell(
                        transport: transport, load: Self.load,
                        session: SessionLevels(client: "full-jitter", recovery: "replay", pace: pace))
                }
            }
        default:
            ["direct", "nginx", "nginx-buffering", "haproxy-idle"].flatMap { path in
                ["sse", "websocket", "long-polling"].map { transport in
                    Cell(
                        transport: transport, load: Self.load,
                        session: SessionLevels(client: "full-jitter", recovery: "replay", path: path))
                }
            }
        }
    }

    private static func storm(_ sessions: Int) -> LoadProfile {
        LoadProfile(name: "storm-\(sessions)", connections: sessions, orders: 100, updatesPerSecond: 20)
    }

    // MARK: Lines

    private func line(_ cell: Cell, trial: Int, block: Int, position: Int) -> Observation {
        var observation = Observation(
            experiment: study.rawValue, run: "\(study.rawValue)-20261126T010000Z", seed: 7, trial: trial, block: block,
            position: position, cell: cell, status: .ok, startedAt: "2026-11-26T01:00:00Z", warmupSeconds: 0.5,
            measuredSeconds: 4)
        func isWithout(_ status: Observation.Status, _ reason: String) -> Observation {
            (observation.status, observation.reason, observation.measuredSeconds) = (status, reason, 0)
            return observation
        }
        // A block is a little slower than the one before it.
        let weather = 1 + 0.03 * Double(block - 1)
        switch study {
        case .reconnection:
            if cell.transport == "long-polling", cell.session?.fault?.name == "stalled-reader" {
                return isWithout(.skipped, "a poll has no stream that a reader could stall")
            }
            if cell.transport == "websocket", cell.session?.fault?.name == "reset", block == 2 {
                return isWithout(.failed, "the fault proxy ended with status 1")
            }
            observation.reconnection = Self.reconnection(cell, weather)
        case .storm: observation.storm = Self.storm(cell, weather)
        case .drain: observation.drain = Self.drain(cell, weather)
        default:
            if cell.transport == "long-polling", cell.session?.path == "haproxy-idle" {
                return isWithout(.skipped, "a waiting poll is answered before any idle cut")
            }
            observation.path = Self.path(cell, weather)
        }
        return observation
    }

    /// Milliseconds, evenly spread.
    static func times(_ range: ClosedRange<Double>, count: Int = 40, never: Int64 = 0) -> LatencySummary {
        let values = (0..<count).map { index in
            range.lowerBound + (range.upperBound - range.lowerBound) * Double(index) / Double(max(count - 1, 1))
        }
        return LatencySummary(
            // Three significant digits, as histograms have them.
            histogram: SparseHistogram(values.map { .init(value: Int64(($0 * 100).rounded()) * 10_000, count: 1) }),
            censored: never)
    }

    private static func reconnection(_ cell: Cell, _ weather: Double) -> ReconnectionSummary {
        let fault = cell.session?.fault?.name ?? ""
        let isReplay = cell.session?.recovery == "replay"
        let isNative = cell.session?.client == "event-source"
        let isStop = fault == "unauthorized"
        var phases = ReconnectionSummary.Phases()
        let wait = isNative ? 1000.0...1010.0 : 20...950
        phases.detectClient = fault == "black-hole" ? times(2000...2600) : times(0.2...2.4)
        if fault != "server-kill" {
            phases.detectServer = fault == "black-hole" ? times(2500...2900) : times(0.3...3.1)
        }
        phases.wait = isStop && isNative ? times(0...1, count: 0, never: 40) : times(wait.scaled(weather))
        if !(isStop && isNative) {
            phases.connect = times(0.2...1.4)
            phases.authenticate = times(0.4...2.2)
            phases.replay = isReplay ? times(0.3...4.1) : times(1.2...9.5)
            phases.caughtUp = times(wait.scaled(weather), never: fault == "black-hole" && isNative ? 3 : 0)
            let worst = fault == "black-hole" && isNative ? 1.34 : 1.12
            phases.caughtUpRatio = .init(count: 40, p50: 1.01 * weather, p90: 1.06 * weather, p99: worst * weather)
        }
        var ledger = SessionLedgerSummary(expected: 2000, live: 1400)
        let missed: Int64 = 600
        let undelivered: Int64 = isStop && isNative ? 320 : 0
        if isReplay {
            ledger.replayed = missed - undelivered
        } else {
            // The seed system's way is subscribed again before it has fetched, and may see an update twice.
            ledger.refetched = missed - undelivered
            ledger.duplicated = fault == "reset" ? 4 : 0
        }
        ledger.undelivered = undelivered
        var summary = ReconnectionSummary(
            sessions: 40, interrupted: 40, phases: phases, ledger: ledger, attempts: isStop && isNative ? 40 : 52)
        if isStop {
            summary.stops = [
                .init(
                    cause: "401", mustStop: true, stopped: isNative ? 40 : 38, cameBack: isNative ? 0 : 2,
                    uselessRetries: isNative ? 0 : 6)
            ]
        }
        if fault == "stalled-reader" {
            summary.harm = .init(
                peers: 10, bytesPerSecondPerPeer: 51_200 * weather, patienceSeconds: 1,
                timeToCut: times(900...1400, count: 9, never: 1), othersBefore: times(0.4...2.5),
                othersDuring: times(0.4...3.1))
        }
        return summary
    }

    private static func storm(_ cell: Cell, _ weather: Double) -> StormSummary {
        let sessions = cell.load.connections
        let rate = (cell.transport == "sse" ? 9_000 : 7_500) / weather
        let policy = cell.session?.client ?? ""
        let window = policy == "fixed" ? 1.0 : policy == "full-jitter" ? 2.0 : 4.0
        func curve(_ sessions: Int, off: Double = 1) -> StormCurve {
            // Back at the slower of policy and server, after the fixed second where there is one.
            let start = policy == "fixed" ? 1.0 : 0
            let length = max(policy == "fixed" ? 0 : window, Double(sessions) / rate) * off
            let bin = length > 20 ? 0.5 : 0.1
            let bins = Int(((start + length) / bin).rounded(.up))
            let share = { (time: Double) in min(max((time - start) / length, 0), 1) }
            let back = (0..<bins).map { index in
                Int((share(Double(index + 1) * bin) * Double(sessions)).rounded())
                    - Int((share(Double(index) * bin) * Double(sessions)).rounded())
            }
            let refused = back.map { policy == "fixed" ? $0 / 2 : 0 }
            return StormCurve(
                sessions: sessions, binSeconds: bin, attempts: zip(back, refused).map { $0 + $1 }, refused: refused,
                back: back,
                secondsUntil50: start + 0.5 * length, secondsUntil90: start + 0.9 * length,
                secondsUntil99: start + 0.99 * length, secondsUntilAll: start + length)
        }
        return StormSummary(
            sessions: sessions, bystanders: 50, acceptRate: rate, measured: curve(sessions),
            model: curve(sessions, off: 0.92), extrapolation: sessions == 10_000 ? curve(1_000_000) : nil,
            extrapolationAcceptRate: sessions == 10_000 ? 5_000 : nil,
            ledger: SessionLedgerSummary(
                expected: Int64(20 * sessions), live: Int64(15 * sessions), replayed: Int64(5 * sessions)),
            bystandersBefore: times(0.3...2.0, count: 50),
            bystandersDuring: times(0.3...(policy == "fixed" ? 48 : 6), count: 50))
    }

    private static func drain(_ cell: Cell, _ weather: Double) -> DrainSummary {
        let pace = cell.session?.pace
        let window = pace.map { 1000 * 40 / $0 } ?? 2
        let isSocket = cell.transport == "websocket"
        return DrainSummary(
            sessions: 40, exitSeconds: (window / 1000 + 0.02) * weather, boundSeconds: 5,
            cleanReasons: isSocket ? 40 : 39,
            closed: times(0.5...max(window, 1)), reconnects: times(20...(950 + window)),
            ledger: SessionLedgerSummary(expected: 800, live: 500, replayed: 300))
    }

    private static func path(_ cell: Cell, _ weather: Double) -> PathSummary {
        let first = times((0.8...2.4).scaled(weather), count: 10)
        let updates = times((0.3...4.0).scaled(weather), count: 400)
        let ledger = SessionLedgerSummary(expected: 400, live: 400)
        switch (cell.session?.path, cell.transport) {
        case ("nginx-buffering", "sse"):
            return PathSummary(
                settings: 0, outcome: "no update came while the connection lasted", verdict: .heldBack,
                firstUpdate: times(0...1, count: 0, never: 10), updates: times(0...1, count: 0, never: 400),
                ledger: SessionLedgerSummary(expected: 400, undelivered: 400))
        case ("nginx-buffering", "websocket"):
            return PathSummary(
                settings: 0, outcome: "the Upgrade was stripped: status 400", verdict: .refused, refusal: 400)
        case ("haproxy-idle", _):
            return PathSummary(
                settings: 1, outcome: "cut after 1.0 s without an update", verdict: .cut, firstUpdate: first,
                updates: updates, idleCutSeconds: 1.001 * weather, ledger: ledger)
        case ("nginx", "websocket"):
            return PathSummary(
                settings: 3, outcome: "every update came as it was published", verdict: .works, firstUpdate: first,
                updates: updates, ledger: ledger)
        default:
            return PathSummary(
                settings: cell.session?.path == "nginx" ? 1 : 0, outcome: "every update came as it was published",
                verdict: .works, firstUpdate: first, updates: updates, ledger: ledger)
        }
    }
}

extension ClosedRange<Double> {
    fileprivate func scaled(_ factor: Double) -> Self { lowerBound * factor...upperBound * factor }
}
