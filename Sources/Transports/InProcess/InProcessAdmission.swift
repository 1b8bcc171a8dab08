import OrderUpdates
import Synchronization
import TransportCore

/// How many connections a server has, over all its loops and for each owner, and the tasks that wait for the last one
/// to end.
final class InProcessAdmission: Sendable {
    /// Protected by `state`.
    private struct State: Sendable {
        var connections = 0
        var owners: [Subject: Int] = [:]
        var waiters: [CheckedContinuation<Void, Never>] = []

        /// Removes the tasks that wait, if there is nothing left to wait for.
        mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
            guard connections == 0 else { return [] }
            defer { waiters = [] }
            return waiters
        }
    }

    private let state = Mutex(State())
    private let limits: ServerConfiguration.Limits

    init(_ limits: ServerConfiguration.Limits) {
        self.limits = limits
    }

    /// Whether another connection is allowed. If so, it is counted until `release`.
    func admit(_ owner: Subject) -> Bool {
        state.withLock { state in
            let owned = state.owners[owner, default: 0]
            guard state.connections < limits.connections, owned < limits.connectionsPerOwner else { return false }
            state.connections += 1
            state.owners[owner] = owned + 1
            return true
        }
    }

    func release(_ owner: Subject) {
        let waiters = state.withLock { state in
            state.connections -= 1
            let owned = state.owners[owner, default: 0] - 1
            state.owners[owner] = owned > 0 ? owned : nil
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns once there is no connection.
    func empty() async {
        await withCheckedContinuation { continuation in
            let waiters = state.withLock { state in
                state.waiters.append(continuation)
                return state.takeWaiters()
            }
            for waiter in waiters { waiter.resume() }
        }
    }
}
