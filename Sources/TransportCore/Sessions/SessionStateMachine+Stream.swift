import Clocks
import OrderUpdates

/// What arrives on an open connection.
extension SessionStateMachine {
    mutating func heard(_ input: SessionInput, _ now: MonotonicInstant) -> SessionActions {
        switch input {
        case .update(let position): return policy.recovery == .refetch ? signalled(position) : updated(position)
        case .snapshot(let position): return policy.recovery == .refetch ? signalled(position) : showed(position)
        case .positionLost: return lost()
        case .heartbeat:
            // A server that has something to replay sends that first. So a heartbeat shows that there is nothing to
            // replay.
            if awaitsReplay && !awaitsState && policy.recovery != .refetch { phase = .live }
            return SessionActions()
        case .retry(let milliseconds):
            setReconnectionTime(milliseconds: milliseconds)
            return SessionActions()
        default: preconditionFailure("no input of a stream: \(input)")
        }
    }

    private mutating func updated(_ position: StreamPosition?) -> SessionActions {
        // The first event of a replay: the missing updates are coming.
        if awaitsReplay { awaitsState = false }
        awaitsReplay = false
        if !awaitsState { phase = .live }
        let isNew = position.map { isNewer($0) } ?? true
        // A browser stores the id that came last, whatever the page does with the event (WHATWG HTML, section 9.2.6).
        if policy.resumes, isNew || policy.model == .eventSource { cursor = position ?? cursor }
        guard isNew else {
            counters.stale += 1
            return SessionActions()
        }
        shown = position ?? shown
        return SessionActions(.deliver)
    }

    /// Takes a state from the server as it is. One that lies behind what was shown means that the server has lost its
    /// latest events.
    private mutating func showed(_ position: StreamPosition?) -> SessionActions {
        var actions = SessionActions()
        // A server that does not resume begins afresh. What it skips is lost as if it had said so.
        if awaitsReplay, !awaitsState, let position, let shown, !position.isNextOf(shown) {
            counters.positionsLost += 1
            actions.append(.declareLoss)
            if policy.recovery == .replay {
                actions.append(.disconnect)
                actions.append(stopped(.positionLost))
                return actions
            }
        }
        awaitsReplay = false
        let isNew = awaitsState || position == nil || position != shown
        awaitsState = false
        phase = .live
        if policy.resumes { cursor = position ?? cursor }
        shown = position ?? shown
        if isNew { actions.append(.deliver) }
        return actions
    }

    private mutating func lost() -> SessionActions {
        awaitsReplay = false
        guard policy.recovery != .refetch else { return askForState() }
        // A browser that is disconnected before the snapshot asks again with the id that it has. The loss is reported
        // twice, but is one.
        guard !awaitsState else { return SessionActions() }
        counters.positionsLost += 1
        var actions = SessionActions(.declareLoss)
        if policy.recovery == .replay {
            actions.append(.disconnect)
            actions.append(stopped(.positionLost))
            return actions
        }
        awaitsState = true
        shown = nil
        if policy.model == .fetch { cursor = nil }
        phase = .replaying
        return actions
    }

    private func isNewer(_ position: StreamPosition) -> Bool {
        guard let shown, shown.epoch == position.epoch else { return true }
        return position.offset > shown.offset
    }
}

extension StreamPosition {
    /// Whether no position lies between `other` and this one.
    fileprivate func isNextOf(_ other: Self) -> Bool {
        epoch == other.epoch && (offset == other.offset || offset == other.offset &+ 1)
    }
}
