import Synchronization

/// The commands of a link that have no answer yet. Any thread may call it.
final class PendingReplies: Sendable {
    typealias Continuation = CheckedContinuation<JSONValue, any Error>

    enum Failure: Error {
        /// The bound has passed.
        case late
        /// The browser's message, or the reason why the connection ended.
        case refused(String)
    }

    private struct State {
        var waiting: [Int: Continuation] = [:]
        var count = 0
        /// The reason why the connection ended; nil while it is open.
        var end: String?
    }

    private let state = Mutex(State())

    func takeNumber() -> Int {
        state.withLock { state in
            state.count += 1
            return state.count
        }
    }

    /// Returns whether the command is to be sent; if not, it has failed.
    func add(_ number: Int, _ continuation: Continuation) -> Bool {
        let failure = state.withLock { state -> (any Error)? in
            if let end = state.end { return Failure.refused(end) }
            // Checked under the lock: a cancellation handler that ran before found no entry; one that runs later finds it.
            if Task.isCancelled { return CancellationError() }
            state.waiting[number] = continuation
            return nil
        }
        if let failure { continuation.resume(throwing: failure) }
        return failure == nil
    }

    /// Answers a command; a second answer is ignored.
    func resolve(_ number: Int, _ outcome: Result<JSONValue, any Error>) {
        state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(with: outcome)
    }

    /// Fails all pending commands, and all that are added later.
    func end(_ cause: String) {
        let waiting = state.withLock { state in
            if state.end == nil { state.end = cause }
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume(throwing: Failure.refused(cause)) }
    }
}
