import Glibc
import Measurement
import Testing

@Suite(.serialized) struct ResourceUsageTests {
    @Test("The CPU time and the memory that a process uses are measured") func seesItsOwnWork() throws {
        let before = try ResourceUsage.ofThisProcess()
        let size = 32 << 20
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4096)
        defer { memory.deallocate() }
        // Written in full, so resident; in rounds until the kernel has counted 50 ms.
        var value: UInt8 = 1
        repeat {
            memset(memory, Int32(value), size)
            value &+= 1
        } while try (CPUTime.read(pid: getpid()) - before.cpu).totalNanoseconds < 50_000_000
        let after = try ResourceUsage.ofThisProcess()
        let used = after.cpu - before.cpu
        #expect(used.totalNanoseconds >= 50_000_000)
        #expect(used.userNanoseconds >= 0 && used.systemNanoseconds >= 0)
        #expect(used.userNanoseconds + used.systemNanoseconds == used.totalNanoseconds)
        #expect(after.rssBytes - before.rssBytes > Int64(size) / 2)
        #expect(try #require(after.privateBytes) - (try #require(before.privateBytes)) > Int64(size) / 2)
        #expect(try #require(after.pssBytes) <= after.rssBytes)
    }

    @Test("Open descriptors are counted") func countsDescriptors() throws {
        let before = try #require(try ResourceUsage.ofThisProcess().descriptors)
        // Tests of this process run side by side: a thousand stand out.
        let opened = (0..<1000).map { _ in dup(0) }
        defer { opened.forEach { close($0) } }
        let after = try #require(try ResourceUsage.ofThisProcess().descriptors)
        #expect(after - before > 500)
    }

    @Test("A process that does not exist is an error") func saysThatAProcessIsGone() throws {
        #expect {
            try ResourceUsage.read(pid: Int32.max)
        } throws: {
            ($0 as? MeasurementError)?.code == .noSuchProcess
        }
    }

    @Test("CPU times are subtracted and added in their user and system parts") func splitsAnExactSumByTicks() {
        let earlier = CPUTime(userNanoseconds: 20_000_000, systemNanoseconds: 10_000_000)
        let later = CPUTime(userNanoseconds: 50_000_000, systemNanoseconds: 20_000_000)
        let used = later - earlier
        #expect(used.userNanoseconds == 30_000_000 && used.systemNanoseconds == 10_000_000)
        #expect((earlier + later).totalNanoseconds == 100_000_000)
        // No time has passed.
        #expect((later - later).totalNanoseconds == 0)
    }

    @Test("A thread that has ended takes its own switches with it, and nobody else's") func endedThreads() {
        let before = ContextSwitches(threads: ["1": [100, 10], "2": [5_000, 50]])
        let after = ContextSwitches(threads: ["1": [130, 11], "3": [7, 0]])
        #expect(after - before == ContextSwitches(threads: ["1": [30, 1], "3": [7, 0]]))
        #expect((after - before).voluntary == 37 && (after - before).involuntary == 1)
    }
}
