import ExperimentRunner
import FoundationEssentials
import Glibc

/// `floor-sink`: subscribers that only receive and count. Confined to the task of its scope.
package struct LoadClient {
    /// What has arrived so far.
    package struct Progress: Decodable, Sendable {
        /// Connections that the server ended.
        var lost: Int
        var updates: Int64
        /// Of everything: heads of streams and snapshots too.
        var bytes: Int64
    }

    /// What arrived in all.
    package struct Report: Decodable, Sendable {
        struct Latency: Decodable, Sendable {
            /// Nanoseconds.
            var p99: Int64
        }

        /// Connections that the server ended.
        var lost: Int
        var updates: Int64
        var bytes: Int64
        /// Processor time over the time from the first update to the last.
        var busy: Double
        var latency: Latency?
    }

    private static let patience: Duration = .seconds(20)
    /// The rate of connects at which its deadline is computed, unless it is told a lower one.
    private static let connectsPerSecond = 200.0

    private let child: ChildProcess

    var pid: Int32 { child.pid }

    static func program(in settings: RunSettings) -> String { settings.floorFolder + "/floor-sink" }

    /// Starts it, waits until all connections are open, and ends it when the body has returned.
    ///
    /// - Parameter rate: connects a second, as in the options; nil for no bound.
    static func run<Result: Sendable>(
        _ program: String, _ options: [String], processors: String?, connections: Int, rate: Double?,
        guardian: RunGuardian,
        _ body: (LoadClient) async throws -> Result
    ) async throws -> Result {
        try await ChildProcess.run("the load client", program, options, processors: processors) { child in
            guardian.watch(child.pid)
            defer { guardian.leave(child.pid) }
            let limit = Duration.seconds(15 + Double(connections) / min(rate ?? connectsPerSecond, connectsPerSecond))
            _ = try await child.line(within: limit, waitingFor: "ready")
            return try await body(LoadClient(child: child))
        }
    }

    func progress() async throws -> Progress {
        child.send(signal: SIGUSR1)
        return try await answer("progress")
    }

    /// Closes its connections once nothing more arrives.
    func finish() async throws -> Report {
        child.send(signal: SIGTERM)
        return try await answer("report")
    }

    private func answer<Answer: Decodable>(_ what: String) async throws -> Answer {
        let line = try await child.line(within: Self.patience, waitingFor: what)
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(line.utf8))
        } catch {
            throw TrialError(.unexpectedOutput, "the load client said '\(line.prefix(200))', which is no \(what)")
        }
    }
}
