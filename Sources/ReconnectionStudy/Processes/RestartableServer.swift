import Clocks
import ExperimentRunner
import FoundationEssentials
import Glibc
import Synchronization

/// The server under study: it can end, or be killed, and be started again on its port within one trial.
final class RestartableServer: Sendable {
    /// What its first line says.
    private struct Line: Decodable {
        var event: String
        var host: String?
        var port: Int?
        var h2cPort: Int?
        /// Streams that have ended so far.
        var ended: Int?
        var at: Int64?
    }

    /// So many streams had ended by then, in the life of one process.
    struct EndedStreams: Hashable, Sendable {
        var count: Int
        /// Nanoseconds of the monotonic clock.
        var at: Int64
    }

    private struct State {
        var pid: Int32?
        var host = "127.0.0.1"
        var port = 0
        var h2cPort: Int?
        /// How many processes have come to listen.
        var starts = 0
        var isUp = false
        var endedAt: Int64?
        var failure: String?
        /// Of the process that started first: what follows a restart is another server's.
        var ended: [EndedStreams] = []
        var isWanted = true
    }

    private static let startPatience: Duration = .seconds(15)
    /// Longer than any trial.
    private static let lifetime: Duration = .seconds(86_400)

    private let program: String
    private let arguments: [String]
    private let guardian: RunGuardian
    private let clock = MonotonicClock()
    private let state = Mutex(State())
    private let starts: AsyncStream<Void>
    private let starter: AsyncStream<Void>.Continuation

    private init(_ program: String, _ arguments: [String], _ guardian: RunGuardian) {
        self.program = program
        self.arguments = arguments
        self.guardian = guardian
        (starts, starter) = AsyncStream.makeStream(of: Void.self)
    }

    /// Starts it, and ends it when the body has returned.
    ///
    /// - Parameter arguments: those of `tandem serve` but for the port.
    static func run<Result>(
        _ program: String, _ arguments: [String], guardian: RunGuardian,
        _ body: (RestartableServer) async throws -> Result
    ) async throws -> Result {
        let server = RestartableServer(program, arguments, guardian)
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
            try? await group.waitForAll()
            return try result.get()
        }
    }

    var port: Int { state.withLock { $0.port } }
    var host: String { state.withLock { $0.host } }
    var h2cPort: Int? { state.withLock { $0.h2cPort } }
    /// Nil while there is none.
    var pid: Int32? { state.withLock { $0.pid } }
    /// When the last process that has ended came to its end.
    var endedAt: Int64? { state.withLock { $0.endedAt } }
    var endedStreams: [EndedStreams] { state.withLock { $0.ended } }

    // MARK: What is done to it

    func send(_ signal: Int32) {
        if let pid { kill(pid, signal) }
    }

    /// Starts it and waits until it listens; does nothing where it does already.
    func start() async throws {
        let before = state.withLock { $0.isUp ? nil : $0.starts }
        guard let before else { return }
        starter.yield()
        let deadline = ContinuousClock.now + Self.startPatience
        while true {
            let (starts, failure) = state.withLock { ($0.starts, $0.failure) }
            if starts > before { return }
            if let failure { throw SessionStudyError("the server did not start: \(failure)") }
            guard ContinuousClock.now < deadline else {
                throw SessionStudyError("the server did not listen within \(Self.startPatience)")
            }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Waits until its process has ended.
    ///
    /// - Returns: when it did; nil where it is still there after `patience`.
    func ended(within patience: Duration) async throws -> Int64? {
        let deadline = ContinuousClock.now + patience
        while state.withLock({ $0.isUp }) {
            guard ContinuousClock.now < deadline else { return nil }
            try await Task.sleep(for: .milliseconds(1))
        }
        return endedAt
    }

    private func end() {
        state.withLock { $0.isWanted = false }
        starter.finish()
        // One that is frozen does not hear that it is to end.
        send(SIGCONT)
        send(SIGTERM)
    }

    // MARK: Its processes, one after the other

    private func supervise() async throws {
        for await _ in starts where state.withLock({ $0.isWanted }) {
            do {
                try await live()
            } catch let error as TrialError {
                // How it ended is the trial's to say; that it never listened is a failure.
                state.withLock { if $0.pid == nil, $0.starts == 0 { $0.failure = error.message } }
            }
        }
    }

    private func live() async throws {
        let port = port
        try await ChildProcess.run(
            "the server", program, ["serve", "--json", "--port", String(port)] + arguments, processors: nil
        ) { child in
            guardian.watch(child.pid)
            defer {
                guardian.leave(child.pid)
                state.withLock { state in
                    state.isUp = false
                    state.pid = nil
                    state.endedAt = clock.now.nanoseconds
                }
            }
            do {
                while true {
                    let line = try await child.line(within: Self.lifetime, waitingFor: "stopped")
                    try note(line, child.pid)
                }
            } catch let error as TrialError {
                state.withLock { if !$0.isUp { $0.failure = error.message } }
            }
        }
    }

    private func note(_ text: String, _ pid: Int32) throws {
        guard let line = try? JSONDecoder().decode(Line.self, from: Data(text.utf8)) else {
            throw SessionStudyError("the server said '\(text.prefix(200))', which is no event")
        }
        state.withLock { state in
            switch line.event {
            case "listening":
                state.pid = pid
                state.host = line.host ?? state.host
                state.port = line.port ?? state.port
                state.h2cPort = line.h2cPort
                state.starts += 1
                state.isUp = true
            case "streams":
                guard state.starts == 1, let count = line.ended, let at = line.at else { return }
                state.ended.append(EndedStreams(count: count, at: at))
            default: break
            }
        }
    }
}
