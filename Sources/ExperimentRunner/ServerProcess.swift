import Clocks
import FoundationEssentials
import Glibc
import Synchronization
package import TransportCore

/// A server under study, in a process of its own. It can end or be killed, and be started again on its port within
/// one trial.
package final class ServerProcess: Sendable {
    /// A line of its standard output.
    private struct Line: Decodable {
        /// Absent in the only line of a floor, which has its address.
        var event: String?
        var host: String?
        var port: Int?
        var h2cPort: Int?
        var tls: Bool?
        /// Streams that have ended so far.
        var ended: Int?
        var at: Int64?
    }

    /// What it published by itself, on a schedule that has ended; a floor says it without an event's name.
    package struct Publication: Decodable, Hashable, Sendable {
        /// Updates.
        package var published: Int64
        /// Updates times subscribers.
        package var delivered: Int64
        /// From the first intended publication until all was delivered.
        package var seconds: Double
        /// Of the process, in that time.
        package var cpuUserSeconds: Double
        package var cpuSystemSeconds: Double

        private enum CodingKeys: String, CodingKey {
            case published, delivered, seconds
            case cpuUserSeconds = "cpuUser"
            case cpuSystemSeconds = "cpuSystem"
        }
    }

    /// How many streams of one process had ended at a time.
    package struct EndedStreams: Hashable, Sendable {
        package var count: Int
        /// In nanoseconds of the monotonic clock.
        package var at: Int64

        package init(count: Int, at: Int64) {
            self.count = count
            self.at = at
        }
    }

    private struct State {
        var pid: Int32?
        var endpoint = Endpoint(host: "127.0.0.1", port: 0, tls: false)
        /// How many processes have begun to listen.
        var starts = 0
        var isUp = false
        var endedAt: Int64?
        var failure: String?
        /// The counts of the first process. After a restart another process counts.
        var ended: [EndedStreams] = []
        var publication: Publication?
        /// How its output ended, with what it said on standard error; nil while it lasts.
        var lastWords: String?
        var isWanted = true
    }

    private static let startPatience: Duration = .seconds(15)
    /// The time from SIGTERM to the end.
    private static let endPatience: Duration = .seconds(5)
    /// Longer than any trial.
    private static let lifetime: Duration = .seconds(86_400)

    private let launch: ServerLaunch
    private let guardian: RunGuardian?
    private let clock = MonotonicClock()
    private let state = Mutex(State())
    private let starts: AsyncStream<Void>
    private let starter: AsyncStream<Void>.Continuation

    private init(_ launch: ServerLaunch, _ guardian: RunGuardian?) {
        self.launch = launch
        self.guardian = guardian
        (starts, starter) = AsyncStream.makeStream(of: Void.self)
    }

    /// Starts it, waits until it listens, and ends it when the body has returned.
    ///
    /// - Parameter guardian: ends the server if this process is killed; nil for none.
    /// - Throws: `TrialError` where it does not listen in time.
    package static func run<Result>(
        _ launch: ServerLaunch, guardian: RunGuardian?, _ body: (ServerProcess) async throws -> Result
    ) async throws -> Result {
        let server = ServerProcess(launch, guardian)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.supervise() }
            let result: Swift.Result<Result, any Error>
            do {
                try await server.start()
                result = .success(try await body(server))
            } catch {
                result = .failure(error)
            }
            server.end()
            // For a process that ignores SIGTERM, or hangs while it ends.
            let patience = Task {
                try await Task.sleep(for: Self.endPatience)
                server.send(SIGKILL)
            }
            try? await group.waitForAll()
            patience.cancel()
            return try result.get()
        }
    }

    package var endpoint: Endpoint { state.withLock { $0.endpoint } }
    /// Nil while no process runs.
    package var pid: Int32? { state.withLock { $0.pid } }
    /// When the last process ended.
    package var endedAt: Int64? { state.withLock { $0.endedAt } }
    package var endedStreams: [EndedStreams] { state.withLock { $0.ended } }
    package var logPath: String? { launch.logPath }

    // MARK: What is done to it

    package func send(_ signal: Int32) {
        if let pid { kill(pid, signal) }
    }

    /// Starts it and waits until it listens. Does nothing where it already does.
    package func start() async throws {
        let before = state.withLock { state -> Int? in
            guard !state.isUp else { return nil }
            state.failure = nil
            return state.starts
        }
        guard let before else { return }
        starter.yield()
        // The wait for its first line is bounded, and a missing line is a failure, so this loop ends.
        while state.withLock({ $0.starts == before }) {
            if let failure = state.withLock({ $0.failure }) {
                throw TrialError(.childEnded, log.map { "\(failure): \($0)" } ?? failure)
            }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Waits until its process has ended.
    ///
    /// - Returns: when it ended; nil where it still runs after `patience`.
    package func ended(within patience: Duration) async throws -> Int64? {
        try await Polling.isTrue(within: patience, every: .milliseconds(1)) { state.withLock { !$0.isUp } }
            ? endedAt : nil
    }

    /// Waits until the schedule that it was started with has ended.
    ///
    /// - Throws: `childEnded` with what it said last, `timeout`.
    package func publication(within patience: Duration) async throws -> Publication {
        // Seldom enough to take nothing of what is measured meanwhile.
        let publication = try await Polling.value(within: patience, every: .milliseconds(20)) {
            let (publication, lastWords) = state.withLock { ($0.publication, $0.lastWords) }
            if publication == nil, let lastWords { throw TrialError(.childEnded, lastWords) }
            return publication
        }
        guard let publication else {
            throw TrialError(.timeout, "the server did not end its schedule within \(patience.components.seconds) s")
        }
        return publication
    }

    /// The last lines of its standard error, where that goes to a file; nil for nothing.
    private var log: String? {
        guard let path = launch.logPath, let bytes = FileManager.default.contents(atPath: path), !bytes.isEmpty else {
            return nil
        }
        return String(decoding: bytes.suffix(300), as: UTF8.self)
    }

    private func end() {
        state.withLock { $0.isWanted = false }
        starter.finish()
        // A frozen process does not react to SIGTERM.
        send(SIGCONT)
        send(SIGTERM)
    }

    // MARK: Its processes, one after the other

    private func supervise() async throws {
        for await _ in starts where state.withLock({ $0.isWanted }) {
            let before = state.withLock { $0.starts }
            do {
                try await live()
            } catch let error as TrialError {
                // The trial decides what its end means. That it never listened is a failure.
                state.withLock { if $0.starts == before { $0.failure = error.message } }
            }
        }
    }

    private func live() async throws {
        let (program, arguments) = launch.command(port: endpoint.port)
        try await ChildProcess.run("the server", program, arguments, processors: launch.processors) { child in
            guardian?.watch(child.pid)
            let isWanted = state.withLock { state in
                state.pid = child.pid
                return state.isWanted
            }
            defer {
                guardian?.leave(child.pid)
                state.withLock { state in
                    state.isUp = false
                    state.pid = nil
                    state.endedAt = clock.now.nanoseconds
                }
            }
            guard isWanted else { return }
            try noteAddress(try await child.line(within: Self.startPatience, waitingFor: "listening"))
            do {
                while true { note(try await child.line(within: Self.lifetime, waitingFor: "stopped")) }
            } catch {
                state.withLock { $0.lastWords = String(describing: error) }
            }
        }
    }

    private func noteAddress(_ text: String) throws {
        guard let line = try? JSONDecoder().decode(Line.self, from: Data(text.utf8)),
            line.event ?? "listening" == "listening", let port = line.port
        else {
            throw TrialError(.unexpectedOutput, "the server said '\(text.prefix(200))' instead of where it listens")
        }
        state.withLock { state in
            state.endpoint = Endpoint(
                host: line.host ?? state.endpoint.host, port: port, h2cPort: line.h2cPort, tls: line.tls ?? false)
            state.starts += 1
            (state.publication, state.lastWords) = (nil, nil)
            state.isUp = true
        }
    }

    private func note(_ text: String) {
        let data = Data(text.utf8)
        guard let line = try? JSONDecoder().decode(Line.self, from: data) else { return }
        if line.event == "streams", let count = line.ended, let at = line.at {
            state.withLock { if $0.starts == 1 { $0.ended.append(EndedStreams(count: count, at: at)) } }
        } else if let publication = try? JSONDecoder().decode(Publication.self, from: data) {
            state.withLock { $0.publication = publication }
        }
    }
}
