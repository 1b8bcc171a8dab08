import Glibc

/// Runs work that SIGINT, SIGTERM and SIGHUP cancel; a second signal ends the process at once.
enum Interruptible {
    static func run<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let stop = try StopSignal()
        let task = Task { try await work() }
        Task {
            await stop.wait()
            task.cancel()
        }
        return try await task.value
    }
}
