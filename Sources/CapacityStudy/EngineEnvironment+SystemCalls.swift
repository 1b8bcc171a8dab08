import ExperimentModel
package import ExperimentRunner
import FoundationEssentials
import Glibc
import Measurement

extension EngineEnvironment {
    private static let attachPatience: Duration = .seconds(10)
    private static let writePatience: Duration = .seconds(20)

    /// Counts the server's system calls in the middle of a schedule that outlasts the count. strace slows the server, so it must not
    /// see the schedule's start or end.
    func countSystemCalls() async throws -> CapacitySummary.SystemCalls {
        let (warmup, window) = (trial.warmupSeconds, trial.measureSeconds)
        return try await serve(PublishingSchedule(load: cell.load, seconds: warmup + window + 60)) { servers in
            try await connect(cell.load.connections, to: servers[0]) { client in
                try await Task.sleep(for: .nanoseconds(Int64(warmup * 1e9)))
                let pid = try Self.pid(servers[0])
                let table = folder + "/system-calls-\(trial.number)"
                let arguments = ["-f", "-c", "-o", table, "-p", String(pid)]
                let updates = try await ChildProcess.run("strace", "strace", arguments, processors: nil) { tracer in
                    try await attached(tracer, to: pid)
                    let before = try await client.progress()
                    try await Task.sleep(for: .nanoseconds(Int64(window * 1e9)))
                    let after = try await client.progress()
                    tracer.send(signal: SIGINT)
                    guard try await Polling.isTrue(within: Self.writePatience, { tracer.hasEnded }) else {
                        throw TrialError(
                            .timeout,
                            "strace did not write its table within \(Self.writePatience.components.seconds) s: is another program "
                                + "keeping the machine busy? Run the trial again (tandem run --resume)")
                    }
                    return try SystemCallTable.updates(from: before, to: after)
                }
                let text = FileManager.default.contents(atPath: table).map { String(decoding: $0, as: UTF8.self) }
                let calls = SystemCallTable.calls(text ?? "")
                guard !calls.isEmpty else {
                    throw TrialError(.unexpectedOutput, "strace counted no system call: may this user trace processes?")
                }
                return CapacitySummary.SystemCalls(updates: updates, calls: calls)
            }
        }
    }

    /// Waits until every thread of the process is traced.
    private func attached(_ tracer: ChildProcess, to pid: Int32) async throws {
        let isAttached = try await Polling.isTrue(within: Self.attachPatience) {
            tracer.hasEnded || Self.isTraced(pid)
        }
        // If it has ended, this throws an error with what it said.
        if tracer.hasEnded { _ = try await tracer.line(within: .seconds(1), waitingFor: "attached") }
        guard isAttached else {
            throw TrialError(
                .timeout, "strace did not attach: may this user trace processes (kernel.yama.ptrace_scope)?")
        }
    }

    private static func isTraced(_ pid: Int32) -> Bool {
        guard let threads = try? KernelFile.names("/proc/\(pid)/task") else { return false }
        return threads.allSatisfy { thread in
            let status = (try? KernelFile.text("/proc/\(pid)/task/\(thread)/status")) ?? ""
            return status.split(separator: "\n").contains {
                $0.hasPrefix("TracerPid:") && $0.split(whereSeparator: \.isWhitespace).last != "0"
            }
        }
    }
}

/// The table of `strace -c`, and the updates that it is divided by.
package enum SystemCallTable {
    static var isToolInstalled: Bool { HelperProgram.path(of: "strace") != nil }

    /// Calls by name. A line has `% time, seconds, usecs/call, calls, errors, syscall`; errors may be missing.
    package static func calls(_ table: String) -> [String: Int64] {
        var calls: [String: Int64] = [:]
        for line in table.split(separator: "\n") {
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard fields.count == 5 || fields.count == 6, let name = fields.last, name != "total",
                Double(fields[0]) != nil, let count = Int64(fields[3])
            else { continue }
            calls[String(name)] = count
        }
        return calls
    }

    /// The updates that were delivered between two readings.
    ///
    /// - Throws: `TrialError` where connections were lost, or nothing was delivered.
    package static func updates(
        from before: LoadClient.Progress, to after: LoadClient.Progress
    ) throws(TrialError) -> Int64 {
        guard after.lost == 0 else {
            throw TrialError(
                .unexpectedOutput,
                "\(after.lost) connections were lost while the server was traced: take a load of fewer connections")
        }
        guard after.updates > before.updates else {
            throw TrialError(
                .unexpectedOutput,
                "the server delivered nothing while it was traced: take a longer 'measureSeconds' or a higher rate")
        }
        return after.updates - before.updates
    }
}
