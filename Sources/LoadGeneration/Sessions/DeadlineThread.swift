package import Clocks
import Glibc
import LWS
import Synchronization
package import Threads

/// Calls back at deadlines, at most a millisecond late, on a thread of its own. It needs one heap and one wait,
/// whatever the number of sessions.
package final class DeadlineThread: Sendable {
    fileprivate struct Entry {
        var at: Int64
        var number: Int
    }

    fileprivate struct State {
        /// A binary heap with the earliest deadline first.
        var heap: [Entry] = []
        /// The time at which the thread wakes by itself; nil while it is awake.
        var sleepsUntil: Int64?
        var isStopped = false
    }

    private let state = Mutex(State())
    /// A pipe that wakes the thread.
    private let bell: (reads: Int32, rings: Int32)
    private let clock: any TimeSource

    package init(clock: some TimeSource) {
        self.clock = clock
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "pipe: \(String(cString: strerror(errno)))")
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        bell = (ends[0], ends[1])
    }

    deinit {
        close(bell.reads)
        close(bell.rings)
    }

    /// Schedules a call with `number` at `instant`. Each schedule gives one call.
    package func schedule(_ number: Int, at instant: MonotonicInstant) {
        let mustWake = state.withLock { state in
            state.push(Entry(at: instant.nanoseconds, number: number))
            return state.sleepsUntil.map { instant.nanoseconds < $0 } ?? false
        }
        if mustWake { ring() }
    }

    /// - Parameter due: called on the thread with each number whose instant has come.
    /// - Throws: if the thread cannot be created.
    package func start(due: @escaping @Sendable (_ number: Int) -> Void) throws(SystemThread.Failure) -> SystemThread {
        try SystemThread {
            EventLibrary.reduceTimerSlack()
            self.run(due)
        }
    }

    package func stop() {
        state.withLock { $0.isStopped = true }
        ring()
    }

    private func ring() {
        // A full pipe wakes the thread already.
        var byte: UInt8 = 0
        _ = write(bell.rings, &byte, 1)
    }

    private func run(_ due: (Int) -> Void) {
        var ready: [Int] = []
        while true {
            let now = clock.now.nanoseconds
            let wait = state.withLock { state -> Int64? in
                guard !state.isStopped else { return nil }
                while let first = state.heap.first, first.at <= now { ready.append(state.pop().number) }
                // If nothing is due, an hour.
                let until = ready.isEmpty ? state.heap.first?.at ?? now + 3_600_000_000_000 : nil
                state.sleepsUntil = until
                return until.map { $0 - now } ?? 0
            }
            guard let wait else { return }
            for number in ready { due(number) }
            ready.removeAll(keepingCapacity: true)
            if wait > 0 { sleep(wait) }
        }
    }

    private func sleep(_ nanoseconds: Int64) {
        var events = pollfd(fd: bell.reads, events: Int16(POLLIN), revents: 0)
        if poll(&events, 1, Int32(clamping: (nanoseconds + 999_999) / 1_000_000)) > 0 {
            var bytes: (UInt64, UInt64) = (0, 0)
            _ = read(bell.reads, &bytes, 16)
        }
    }
}

extension DeadlineThread.State {
    fileprivate mutating func push(_ entry: DeadlineThread.Entry) {
        heap.append(entry)
        var index = heap.count - 1
        while index > 0, heap[index].at < heap[(index - 1) / 2].at {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    fileprivate mutating func pop() -> DeadlineThread.Entry {
        let first = heap[0]
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child].at < heap[least].at {
                least = child
            }
            guard least != index else { return first }
            heap.swapAt(index, least)
            index = least
        }
    }
}
