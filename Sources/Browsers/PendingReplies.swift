import Synchronization

/// The commands of a link that have no answer yet. Any thread.
final class PendingReplies: Sendable {
    typealias Continuation = CheckedContinuation<JSONValue, any Error>

    enum Failure: Error {
        /// The bound has passed.
        case late
        /// With the browser's words, or those of its connection's end.
        case refused(String)
    }

    private struct State {
        var waiting: [Int: Continuation] = [:]
        var count = 0
        /// Why there will be no more answers; nil while there may be.
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
            // Here, for a handler that was called before has found nothing, and one that is called later finds this.
            if Task.isCancelled { return CancellationError() }
            state.waiting[number] = continuation
            return nil
        }
        if let failure { continuation.resume(throwing: failure) }
        return failure == nil
    }

    /// The first outcome counts.
    func resolve(_ number: Int, _ outcome: Result<JSONValue, any Error>) {
        state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(with: outcome)
    }

    /// Fails those that wait, and all that are added.
    func end(_ cause: String) {
        let waiting = state.withLock { state in
            if state.end == nil { state.end = cause }
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume(throwing: Failure.refused(cause)) }
    }
}
