import Threads

/// Runs work that blocks on a thread of its own, so that it blocks none of the few threads of Swift's pool.
enum BlockingThread {
    /// - Throws: the error of the work, or `SystemThread.Failure` where no thread can be created.
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
