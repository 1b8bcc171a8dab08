import Clocks
package import ExperimentModel
package import ExperimentRunner
import Glibc
import Measurement

extension EngineEnvironment {
    /// Runs the server's schedule, and counts the updates that arrive.
    ///
    /// - Parameter timed: whether the load client reads each update's latency, which costs processor time.
    /// - Throws: `TrialError` where an update is missing.
    func deliver(timed: Bool) async throws -> CapacitySummary.Delivery {
        let seconds = trial.warmupSeconds + trial.measureSeconds
        let options = timed ? ["--latency", "--warm-up", String(trial.warmupSeconds)] : []
        return try await serve(PublishingSchedule(load: cell.load, seconds: seconds)) { servers in
            try await connect(cell.load.connections, to: servers[0], options) { client in
                // Heads of streams and snapshots arrive before the first update. Their bytes are subtracted.
                try await Task.sleep(for: .milliseconds(50))
                let opening = try await client.progress()
                let others = try OtherPrograms(beside: [Self.pid(servers[0]), client.pid, getpid()])
                let sent = try await servers[0].publication(within: .seconds(seconds + 30))
                let busy = try others.busy()
                let account = DeliveryAccount(
                    load: cell.load, sent: sent, opening: opening, received: try await client.finish())
                if let reason = account.rejection { throw TrialError(.unexpectedOutput, reason) }
                return account.delivery(othersBusy: busy)
            }
        }
    }
}

/// Compares what a server says it delivered with what arrived.
package struct DeliveryAccount {
    private let load: LoadProfile
    private let sent: ServerProcess.Publication
    private let opening: LoadClient.Progress
    private let received: LoadClient.Report

    /// - Parameter opening: what had arrived before the first update was published.
    package init(
        load: LoadProfile, sent: ServerProcess.Publication, opening: LoadClient.Progress, received: LoadClient.Report
    ) {
        self.load = load
        self.sent = sent
        self.opening = opening
        self.received = received
    }

    private var updates: Int64 { received.updates - opening.updates }

    /// Why the trial gives no figure; nil where every update arrived.
    package var rejection: String? {
        if received.lost > 0 { return "\(received.lost) connections were lost" }
        if received.updates != sent.delivered {
            return "the server says that it delivered \(sent.delivered) updates, and \(received.updates) arrived"
        }
        let due = sent.published * Int64(load.connections / load.orders)
        if received.updates != due {
            return "\(sent.published) updates were published, so \(due) were due, and \(received.updates) arrived"
        }
        return updates > 0 && sent.seconds > 0 ? nil : "nothing was published"
    }

    /// - Parameter othersBusy: processors that other programs used.
    package func delivery(othersBusy: Double) -> CapacitySummary.Delivery {
        CapacitySummary.Delivery(
            published: sent.published, delivered: sent.delivered, seconds: sent.seconds,
            cpuUserSeconds: sent.cpuUserSeconds, cpuSystemSeconds: sent.cpuSystemSeconds,
            bytesPerUpdate: Double(received.bytes - opening.bytes) / Double(updates), clientBusy: received.busy,
            othersBusy: othersBusy, latencyP99Nanoseconds: received.latency?.p99)
    }
}

/// Measures the processor time of programs that are not the trial's, stolen time included.
struct OtherPrograms {
    private let pids: [Int32]
    private let clock = MonotonicClock()
    private let start: MonotonicInstant
    private let processors: ProcessorTime
    private let own: CPUTime

    /// - Parameter pids: the trial's processes.
    init(beside pids: [Int32]) throws {
        self.pids = pids
        start = clock.now
        processors = try .read()
        own = try Self.sum(pids)
    }

    /// The average number of processors that they used since the start: 0.5 is half of one.
    func busy() throws -> Double {
        let used = try (Self.sum(pids) - own).totalSeconds / start.duration(to: clock.now).seconds
        let all = try ProcessorTime.read().busyFraction(since: processors) ?? 0
        return max(0, all * Double(AllowedProcessors.current.count) - used)
    }

    private static func sum(_ pids: [Int32]) throws -> CPUTime {
        try pids.reduce(CPUTime(userNanoseconds: 0, systemNanoseconds: 0)) { $0 + (try CPUTime.read(pid: $1)) }
    }
}
