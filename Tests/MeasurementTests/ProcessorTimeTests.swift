import Measurement
import Testing

@Suite struct ProcessorTimeTests {
    private func stat(_ first: String, _ second: String) -> String {
        """
        cpu  1 1 1 1 1 1 1 1 0 0
        cpu0 \(first)
        cpu1 \(second)
        cpu11 9 9 9 9 9 9 9 9 0 0
        intr 5 1

        """
    }

    @Test("Idle and waiting time is unused, stolen time is used, and other processors do not count")
    func counts() throws {
        // user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice
        let text = stat("10 1 5 100 20 1 2 3 9 9", "0 0 0 50 0 0 0 0 0 0")
        let both = try #require(ProcessorTime(stat: text, of: [0, 1]))
        #expect(both.busy == 22 && both.total == 192)
        let second = try #require(ProcessorTime(stat: text, of: [1]))
        #expect(second.busy == 0 && second.total == 50)
        #expect(ProcessorTime(stat: text, of: [7]) == nil)
        #expect(ProcessorTime(stat: "", of: [0]) == nil)
    }

    @Test("What was used lies between two readings, within 0 and 1")
    func differs() throws {
        func time(_ busy: Int, _ idle: Int) throws -> ProcessorTime {
            try #require(ProcessorTime(stat: stat("\(busy) 0 0 \(idle) 0 0 0 0", "0 0 0 0 0 0 0 0"), of: [0, 1]))
        }
        let before = try time(100, 100)
        #expect(try time(130, 170).busyFraction(since: before) == 0.3)
        #expect(try time(100, 100).busyFraction(since: before) == nil)
        // A counter that ran back.
        #expect(try time(150, 90).busyFraction(since: before) == 1)
    }

    @Test("The processor time of this machine is read") func readsThisMachine() throws {
        let time = try ProcessorTime.read()
        #expect(time.busy > 0 && time.total > time.busy)
    }
}
