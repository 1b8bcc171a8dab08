import Clocks
import LoadGeneration
import Synchronization
import Testing
import Threads

@Suite struct DeadlineThreadTests {
    @Test("Deadlines come in their order, whatever the order they were set in, and none before its time")
    func comesInOrder() async throws {
        let clock = MonotonicClock()
        let deadlines = DeadlineThread(clock: clock)
        let came = Mutex<[(number: Int, at: Int64)]>([])
        let thread = try deadlines.start { number in
            came.withLock { $0.append((number, clock.now.nanoseconds)) }
        }
        let start = clock.now
        let delays = (0..<50).map { ($0 * 37) % 50 }
        for delay in delays { deadlines.schedule(delay, at: start.advanced(by: .milliseconds(300 + delay))) }
        // One that comes sooner than all that the thread sleeps for.
        deadlines.schedule(-1, at: start)
        while came.withLock({ $0.count }) < 51 { try await Task.sleep(for: .milliseconds(2)) }
        deadlines.stop()
        thread.join()
        let all = came.withLock { $0 }
        #expect(all.map(\.number) == [-1] + Array(0..<50))
        for (number, at) in all where number >= 0 {
            #expect(at >= start.advanced(by: .milliseconds(300 + number)).nanoseconds)
        }
    }

    @Test("A thread without a deadline ends when it is told to")
    func stops() throws {
        let deadlines = DeadlineThread(clock: MonotonicClock())
        let thread = try deadlines.start { _ in }
        deadlines.stop()
        thread.join()
    }
}
