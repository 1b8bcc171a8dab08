import Glibc
import Measurement
import Testing

@Suite struct SystemCallCounterTests {
    /// Root may count; elsewhere the error says why not.
    @Test("The system calls of a thread are counted") func countsWhatTheThreadCalls() throws {
        let counter: SystemCallCounter
        do throws(MeasurementError) {
            counter = try SystemCallCounter(pid: getpid())
        } catch {
            #expect(geteuid() != 0 || error.code == .unavailable, "\(error)")
            return
        }
        let before = counter.count()
        for _ in 0..<1_000 { _ = getppid() }
        let between = counter.count()
        #expect(between - before >= 1_000)
    }

    @Test("A process that does not exist is an error") func aProcessThatIsNoneIsAnError() {
        #expect(throws: MeasurementError.self) { try SystemCallCounter(pid: .max) }
    }
}
