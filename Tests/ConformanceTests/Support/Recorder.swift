import Synchronization
import Testing
import TransportCore

/// Keeps what a connection receives, and lets tests wait for a condition on it.
final class Recorder: ConnectionHandler, Sendable {
    private struct Waiter: Sendable {
        let condition: @Sendable (Transcript) -> Bool
        let continuation: CheckedContinuation<Transcript?, Never>
    }

    /// Protected by `state`.
    private struct State: Sendable {
        var transcript = Transcript()
        var waiters: [Int: Waiter] = [:]
        var lastWaiter = 0
        /// Events that came after `closed`, or of a second connection.
        var misplaced: [Received] = []
        var connection: ConnectionID?
    }

    private let state = Mutex(State())

    var transcript: Transcript { state.withLock { $0.transcript } }
    var misplaced: [Received] { state.withLock { $0.misplaced } }

    func connection(_ id: ConnectionID, _ event: borrowing ConnectionEvent) {
        let event = Received(event)
        let met = state.withLock { state in
            guard state.transcript.closed == nil, state.connection == nil || state.connection == id else {
                state.misplaced.append(event)
                return [Waiter]()
            }
            state.connection = id
            state.transcript.append(event)
            let met = state.waiters.filter { $0.value.condition(state.transcript) || state.transcript.closed != nil }
            for waiter in met.keys { state.waiters[waiter] = nil }
            return Array(met.values)
        }
        guard !met.isEmpty else { return }
        let transcript = transcript
        for waiter in met { waiter.continuation.resume(returning: transcript) }
    }

    /// Returns once the condition holds; no event can make it hold unnoticed.
    /// - Throws: `Hang` where it does not hold within the watchdog's time, or cannot any more since the connection closed.
    @discardableResult
    func until(
        _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ condition: @escaping @Sendable (Transcript) -> Bool
    ) async throws -> Transcript {
        let number = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        let watchdog = Task {
            try await Task.sleep(for: Watchdog.bound)
            state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation.resume(returning: nil)
        }
        defer { watchdog.cancel() }
        let transcript = await withCheckedContinuation { continuation in
            let now = state.withLock { state -> Transcript? in
                if condition(state.transcript) || state.transcript.closed != nil { return state.transcript }
                state.waiters[number] = Waiter(condition: condition, continuation: continuation)
                return nil
            }
            if let now { continuation.resume(returning: now) }
        }
        guard let transcript, condition(transcript) else {
            throw Hang(waitedFor: what, received: self.transcript.tail, sourceLocation: sourceLocation)
        }
        return transcript
    }

    @discardableResult
    func untilOpen(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Transcript {
        try await until("the connection to open", sourceLocation: sourceLocation) { $0.isOpen }
    }

    @discardableResult
    func untilClosed(sourceLocation: SourceLocation = #_sourceLocation) async throws -> ClosedCause {
        let transcript = try await until("the connection to close", sourceLocation: sourceLocation) { $0.closed != nil }
        return transcript.closed!
    }
}
