import Glibc
import Simulation
import Testing
import TransportCore

/// The invariant of every session, under faults that nobody thought of: in order, gap-free and duplicate-free, or one declared
/// loss; and everything is there once the last fault is repaired.
@Suite struct ScheduleTests {
    /// `TANDEM_SEED=17 swift test --filter ScheduleTests` runs that schedule alone, and prints what happens.
    private static let chosenSeed = getenv("TANDEM_SEED").flatMap { UInt64(String(cString: $0)) }

    @Test("Twenty thousand random schedules break no promise")
    func keepsItsPromises() {
        if let seed = Self.chosenSeed {
            do { _ = try ScheduleSimulation<SessionStateMachine>.run(seed: seed) { print($0) } } catch {
                Issue.record("\(error)")
            }
            return
        }
        var sum = ScheduleOutcome()
        do { sum = try ScheduleSimulation.runAll(from: 0, count: 20_000) } catch {
            Issue.record("\(error); TANDEM_SEED=\(error.seed) replays it alone")
            return
        }
        // The schedules are such that there is something to keep.
        #expect(sum.sessions > 30_000 && sum.attempts > 4 * sum.sessions && sum.delivered > 10 * sum.sessions)
        #expect(sum.positionsLost > 2_000 && sum.stopped > 1_000 && sum.halfOpen > 200, "\(sum)")
    }

    @Test("A schedule follows from its seed alone")
    func isReplayed() throws {
        for seed: UInt64 in 0..<20 {
            var logs: [[String]] = []
            for _ in 0..<2 {
                var log: [String] = []
                _ = try ScheduleSimulation<SessionStateMachine>.run(seed: seed) { log.append($0) }
                logs.append(log)
            }
            #expect(logs[0] == logs[1] && logs[0].count > 20)
        }
    }

    @Test("A session that is broken is found out")
    func findsBrokenSessions() {
        expectViolation(MovesCursorOnHeartbeat.self, "came after")
        expectViolation(ForgetsCursorOnFailure.self, "no loss was declared")
        expectViolation(KeepsOldUpdates.self, "came after")
        expectViolation(HidesLosses.self, "no loss was declared")
        expectViolation(FetchesOnce.self, "the session stays at")
        expectViolation(NeverGivesUpConnections.self, "the session stays at")
        expectViolation(NeverStops.self, "it comes back after")
    }

    @Test("A server that gives positions out twice, after it has lost the end of a history, is found out")
    func findsReusedEpochs() {
        expectViolation(SessionStateMachine.self, "lost", renewsEpochs: false)
    }

    private func expectViolation<Session: SimulatedSession>(
        _ session: Session.Type, _ words: String, renewsEpochs: Bool = true
    ) {
        var others: Set<String> = []
        for seed: UInt64 in 0..<3_000 {
            do { _ = try ScheduleSimulation<Session>.run(seed: seed, renewsEpochs: renewsEpochs) } catch {
                if error.what.contains(words) { return }
                others.insert(error.description)
            }
        }
        Issue.record("3000 schedules found nothing like '\(words)' with \(session), but \(others.prefix(3))")
    }
}
