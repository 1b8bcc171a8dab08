import Clocks
import OrderUpdates

/// The progress of a session that gets its state by GET.
struct Refetching: Sendable {
    /// A GET is on its way.
    var isAsked = false
    /// Something arrived while the GET was on its way. Its answer may be older, so the GET is repeated.
    var isOutdated = false
    /// When a failed GET is repeated.
    var askAgainAt: MonotonicInstant?
    var backoff = Backoff.Progress()
}

/// The strategy `refetch`. It subscribes first, then fetches: an update that is published between the two comes as a
/// signal, and makes the session repeat the GET. Fetched first, it would be lost.
extension SessionStateMachine {
    mutating func askForState() -> SessionActions {
        guard !refetching.isAsked else {
            refetching.isOutdated = true
            return SessionActions()
        }
        refetching.isAsked = true
        refetching.isOutdated = false
        refetching.askAgainAt = nil
        counters.refetches += 1
        return SessionActions(.refetch)
    }

    mutating func askAgainWhereDue(_ now: MonotonicInstant) -> SessionActions {
        guard let due = refetching.askAgainAt, due <= now else { return SessionActions() }
        return askForState()
    }

    /// An update or a snapshot came. It only says that there is something new.
    mutating func signalled(_ position: StreamPosition?) -> SessionActions {
        awaitsReplay = false
        // The browser sends the last id that it saw, even if the page needs no replay.
        if policy.resumes { cursor = position ?? cursor }
        return askForState()
    }

    mutating func refetched(_ position: StreamPosition?, _ now: MonotonicInstant) -> SessionActions {
        guard refetching.isAsked else { return SessionActions() }
        refetching.isAsked = false
        var actions = SessionActions()
        if let position {
            refetching.backoff = Backoff.Progress()
            if position != shown { actions.append(.deliver) }
            shown = position
        } else {
            counters.failedRefetches += 1
        }
        guard isOpen else { return actions }
        if position == nil {
            refetching.askAgainAt = now.advanced(by: .nanoseconds(refetchDelay()))
        } else if refetching.isOutdated {
            for action in askForState() { actions.append(action) }
        } else {
            phase = .live
        }
        return actions
    }
}
