import Threads

/// A thread for work that blocks, so that none of the few that Swift's tasks share has to.
enum BlockingThread {
    /// - Throws: what the work throws, or `SystemThread.Failure` where there is no thread for it.
    static func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try SystemThread { continuation.resume(with: Result { try work() }) }.detach()
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}
