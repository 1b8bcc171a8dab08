import OrderUpdates
import Testing

/// The invariant of every reader: in order, gap-free and duplicate-free, or exactly one explicit loss with a snapshot.
@Suite struct HubInvariantTests {
    @Test("Readers see what a naive log says, under random schedules")
    func readersAgreeWithTheNaiveLogUnderRandomSchedules() {
        for seed: UInt64 in 0..<4_000 {
            do {
                var schedule = HubSchedule(seed: seed)
                try schedule.run(steps: 80)
            } catch {
                Issue.record(Comment(rawValue: "seed \(seed): \(error)"))
                return
            }
        }
    }
}
