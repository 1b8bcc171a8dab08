import Clocks
import ExperimentModel
import OrderUpdates
import Threads
import TransportCore

/// The sessions of one transport under one policy, over one client.
final class SessionPopulation: Sendable {
    let shared: Shared
    private let sessions: [LiveSession]
    private let deadlineThread: SystemThread

    /// - Throws: if the thread for the deadlines cannot be created.
    init(_ shared: Shared) throws(SystemThread.Failure) {
        self.shared = shared
        let specification = shared.specification
        let first = SessionStateMachine(specification.policy, randomSeed: specification.seed)
        let sessions = (0..<specification.total).map { number in
            LiveSession(
                number, order: number % specification.orders,
                machine: first.another(randomSeed: specification.seed &+ UInt64(number) &* 0x9E37_79B9), shared)
        }
        self.sessions = sessions
        deadlineThread = try shared.deadlines.start { sessions[$0].due() }
    }

    /// Starts all sessions, a few at a time, and returns when each is connected and has its first state.
    ///
    /// - Throws: `cannotConnect` if a session stops, or no further session becomes ready for `connectPatience`; not
    ///   with `startsAnyway`, with which it then returns.
    /// - Returns: the number of sessions that are ready.
    func connect(progress: (Int) async throws -> Void) async throws -> Int {
        let limit = shared.specification.connectsInFlight
        var (next, ready) = (0, 0)
        var waiting: [LiveSession] = []
        let patience = Duration.nanoseconds(Int64(shared.specification.connectPatience * 1e9))
        let startsAnyway = shared.specification.startsAnyway
        let start = ContinuousClock.now
        var moved = start
        var told = start
        while ready < sessions.count {
            try Task.checkCancellation()
            let before = waiting.count
            waiting.removeAll { $0.isReady }
            if waiting.count < before {
                ready += before - waiting.count
                moved = ContinuousClock.now
            }
            let isStuck = ContinuousClock.now - moved > patience || shared.stops > 0
            if isStuck, startsAnyway, ContinuousClock.now - moved > patience || ready + shared.stops == sessions.count {
                return ready
            }
            guard !isStuck || startsAnyway else {
                throw LoadError(
                    .cannotConnect,
                    "\(ready) of \(sessions.count) sessions are connected and have their first state, and no more: "
                        + (shared.firstExplanations.first ?? "the server does not answer, or not with a state"))
            }
            let due = due(after: ContinuousClock.now - start)
            while next < due, waiting.count < limit {
                sessions[next].start()
                waiting.append(sessions[next])
                next += 1
            }
            if ContinuousClock.now - told > .milliseconds(200) {
                told = ContinuousClock.now
                try await progress(ready)
            }
            if ready < sessions.count { try await Task.sleep(for: .microseconds(300)) }
        }
        return ready
    }

    /// The number of sessions that may have started after this time.
    private func due(after elapsed: Duration) -> Int {
        guard let rate = shared.specification.connectsPerSecond else { return sessions.count }
        return min(sessions.count, 1 + Int(elapsed / .seconds(1) * rate))
    }

    func faultBegan() { shared.faultBegan() }

    /// Sets the goal: from `at` on, each session catches up with everything that is acknowledged by now.
    func repaired(at: Int64) {
        let goals = shared.acknowledgements.latest()
        shared.setGoals(goals)
        let orders = shared.specification.orders
        for session in sessions { session.reachesGoal(goals[session.number % orders], at: at) }
    }

    /// - Returns: the number of sessions that it affects.
    func setReading(_ reads: Bool, first count: Int) -> Int {
        let some = sessions.prefix(count)
        for session in some { session.setReading(reads) }
        return some.count
    }

    /// Makes up to `count` connections of sessions vanish, and returns their number.
    func vanish(_ count: Int) throws -> Int {
        try VanishingSockets(to: shared.specification.target.port, from: "127.0.1.", atMost: count).vanish()
    }

    /// Waits until every session has stopped or has seen everything that is acknowledged by then, at most for
    /// `patience`.
    ///
    /// - Returns: the number of sessions that have.
    func quiesce(within patience: Duration) async throws -> Int {
        let deadline = ContinuousClock.now + patience
        while true {
            let ends = shared.acknowledgements.latest()
            let quiescent = sessions.count { $0.isQuiescent(ends[$0.number % ends.count]) }
            guard quiescent < sessions.count, ContinuousClock.now < deadline else { return quiescent }
            // Each check takes a lock, so a large population is checked less often.
            try await Task.sleep(for: .microseconds(2_000 + sessions.count * 2))
        }
    }

    /// Ends all sessions and threads.
    func close() async -> SessionsResult {
        shared.deadlines.stop()
        await deadlineThread.joined()
        for session in sessions { session.stop() }
        await shared.client.shutdown()
        let ends = shared.acknowledgements.ends()
        let (before, since) = shared.latency
        return SessionsResult(
            records: sessions.map { $0.record(ends: ends[$0.number % ends.count]) },
            bystanders: shared.specification.bystanders, before: LatencySummary(histogram: before),
            since: LatencySummary(histogram: since), explanations: shared.firstExplanations)
    }
}
