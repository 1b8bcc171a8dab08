import OrderUpdates
import Synchronization
import TransportCore

/// Notes what happens on a connection, in words, until it is closed.
final class ClientRecorder: ConnectionHandler, Sendable {
    private struct State {
        var lines: [String] = []
        var cause: ClosedCause?
        var waiter: CheckedContinuation<ClosedCause, Never>?
    }
    private let state = Mutex(State())

    var lines: [String] { state.withLock { $0.lines } }

    func connection(_ id: ConnectionID, _ event: borrowing ConnectionEvent) {
        let line: String
        var cause: ClosedCause?
        switch copy event {
        // What a connection's tests are about begins when it is open.
        case .connected, .retry: return
        case .opened: line = "opened"
        case .update(let position, let payload):
            line = "update \(position?.description ?? "-") \(String(decoding: payload, as: UTF8.self))"
        case .snapshot(let position, let payload):
            line = "snapshot \(position?.description ?? "-") \(String(decoding: payload, as: UTF8.self))"
        case .positionLost(let order): line = "lost \(order?.description ?? "-")"
        case .heartbeat: line = "heartbeat"
        case .commandResult(let id, let accepted, let message): line = "result \(id) \(accepted) \(message)"
        case .unchanged: line = "unchanged"
        case .closed(let ending):
            line = "closed"
            cause = ending
        }
        let waiter = state.withLock { state in
            state.lines.append(line)
            guard let cause else { return nil as CheckedContinuation<ClosedCause, Never>? }
            state.cause = cause
            return state.waiter.take()
        }
        if let cause { waiter?.resume(returning: cause) }
    }

    /// Waits for the end.
    func untilClosed() async -> ClosedCause {
        await withCheckedContinuation { continuation in
            let cause = state.withLock { state in
                if state.cause == nil { state.waiter = continuation }
                return state.cause
            }
            if let cause { continuation.resume(returning: cause) }
        }
    }
}
