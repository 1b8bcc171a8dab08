public import Clocks
public import OrderUpdates
import SeededRandomness

/// One subscriber's session over all its connections: when to connect, from which position, what is new, and when to
/// stop.
///
/// A pure state machine: times are passed in, and what is to be done is returned as actions. It is confined to its
/// owner. Only events that arrive move the cursor; a heartbeat does not, nor an attempt that is refused or ends
/// before its first event.
public struct SessionStateMachine: Sendable {
    public enum Phase: String, Codable, Hashable, Sendable, CaseIterable {
        /// Until `deadline`, or before `start`.
        case waiting
        /// Until TCP and TLS are up.
        case connecting
        /// Until the server has accepted.
        case authenticating
        /// Open, but nothing has arrived yet that shows the session's state to be complete.
        case replaying
        /// Open. A session whose connection is dead is also in this state until it notices.
        case live
        case stopped
    }

    /// Shared by all sessions of a policy, because a million of them are simulated.
    private final class Shared: Sendable {
        let policy: SessionPolicy
        init(_ policy: SessionPolicy) { self.policy = policy }
    }

    private let shared: Shared
    public internal(set) var phase = Phase.waiting
    /// The position that the next connection resumes after; nil where it begins afresh.
    public internal(set) var cursor: StreamPosition?
    /// The newest position that was delivered; nil before the first, and after a loss was declared.
    public internal(set) var shown: StreamPosition?
    /// When `.timer` is due; nil where it is not.
    public internal(set) var deadline: MonotonicInstant?
    public internal(set) var stop: StopCause?
    public internal(set) var counters = SessionCounters()

    var random: SplitMix64
    private var backoff = Backoff.Progress()
    /// In nanoseconds: the backoff's first wait, or the one that `retry:` has set.
    private var reconnectionTime: Int64
    /// Attempts since a connection that lasted.
    private var attemptsInARow: Int32 = 0
    /// When the session started, or when the last connection that lasted ended.
    private var outageSince = MonotonicInstant(nanoseconds: 0)
    private var openedAt = MonotonicInstant(nanoseconds: 0)
    private var lastHeard = MonotonicInstant(nanoseconds: 0)
    /// A client that follows the server's answers would not make the next attempt.
    private var nextIsUseless = false
    /// The connection resumed and nothing has arrived on it yet. A snapshot would mean that the server did not accept
    /// the position.
    var awaitsReplay = false
    /// A loss was declared, and the state that follows it has not arrived yet.
    var awaitsState = false
    var refetching = Refetching()

    /// - Parameter randomSeed: sessions with different seeds wait for different times under a policy with jitter.
    public init(_ policy: SessionPolicy, randomSeed: UInt64) {
        self.init(Shared(policy), randomSeed)
    }

    /// A session under the same policy that has not started. The two share the policy's storage.
    public func another(randomSeed: UInt64) -> Self { Self(shared, randomSeed) }

    private init(_ shared: Shared, _ randomSeed: UInt64) {
        self.shared = shared
        random = SplitMix64(seed: randomSeed)
        reconnectionTime = shared.policy.backoff.initial.nanoseconds
    }

    public var policy: SessionPolicy { shared.policy }

    /// Whether the server has accepted the current connection.
    public var isOpen: Bool { phase == .replaying || phase == .live }

    /// Handles `input` at `now`, which never runs backwards. After `.stopped` no input has an effect.
    public mutating func handle(_ input: SessionInput, at now: MonotonicInstant) -> SessionActions {
        if phase == .stopped { return SessionActions() }
        switch input {
        case .start:
            guard counters.attempts == 0 else { return SessionActions() }
            outageSince = now
            return connect(now)
        case .connected:
            if phase == .connecting { phase = .authenticating }
            return SessionActions()
        case .opened:
            guard phase == .connecting || phase == .authenticating else { return SessionActions() }
            return opened(now)
        case .update, .snapshot, .positionLost, .heartbeat, .retry:
            guard isOpen else { return SessionActions() }
            lastHeard = now
            let actions = heard(input, now)
            if isOpen { setOpenDeadline() }
            return actions
        case .refetched(let position):
            let actions = refetched(position, now)
            if isOpen { setOpenDeadline() }
            return actions
        case .closed(let cause):
            return phase == .waiting ? SessionActions() : ended(cause, now)
        case .timer:
            guard let deadline, now >= deadline else { return SessionActions() }
            return due(now)
        case .stop:
            var actions = phase == .waiting ? SessionActions() : SessionActions(.disconnect)
            actions.append(stopped(.byOwner))
            return actions
        }
    }

    // MARK: Connections

    private mutating func connect(_ now: MonotonicInstant) -> SessionActions {
        phase = .connecting
        counters.attempts += 1
        attemptsInARow += 1
        if nextIsUseless { counters.uselessRetries += 1 }
        nextIsUseless = false
        deadline = policy.connectTimeout.map { now.advanced(by: $0) }
        return SessionActions(.connect(after: cursor))
    }

    private mutating func opened(_ now: MonotonicInstant) -> SessionActions {
        phase = .replaying
        counters.opened += 1
        openedAt = now
        lastHeard = now
        awaitsReplay = cursor != nil
        let actions = policy.recovery == .refetch ? askForState() : SessionActions()
        setOpenDeadline()
        return actions
    }

    private mutating func due(_ now: MonotonicInstant) -> SessionActions {
        switch phase {
        case .waiting: return connect(now)
        case .connecting, .authenticating:
            counters.connectTimeouts += 1
            return cut(now)
        case .replaying, .live:
            guard let timeout = policy.livenessTimeout, lastHeard.advanced(by: timeout) <= now else {
                let actions = askAgainWhereDue(now)
                setOpenDeadline()
                return actions
            }
            counters.livenessTimeouts += 1
            return cut(now)
        case .stopped: return SessionActions()
        }
    }

    private mutating func setOpenDeadline() {
        let silence = policy.livenessTimeout.map { lastHeard.advanced(by: $0) }
        deadline =
            if let silence, let again = refetching.askAgainAt { min(silence, again) } else {
                silence ?? refetching.askAgainAt
            }
    }

    /// Gives up a connection that has not ended by itself.
    private mutating func cut(_ now: MonotonicInstant) -> SessionActions {
        var actions = SessionActions(.disconnect)
        for action in ended(.ended, now) { actions.append(action) }
        return actions
    }

    private mutating func ended(_ cause: ClosedCause, _ now: MonotonicInstant) -> SessionActions {
        if isOpen {
            counters.drops += 1
            if now >= openedAt.advanced(by: policy.resetAfter) {
                backoff = Backoff.Progress()
                attemptsInARow = 0
                outageSince = now
            }
        } else {
            counters.failures += 1
        }
        refetching.askAgainAt = nil
        switch policy.verdict(on: cause) {
        case .stop(let cause): return SessionActions(stopped(cause))
        case .comeBack(let least, let isUseless):
            nextIsUseless = isUseless
            return wait(atLeast: least, now)
        }
    }

    private mutating func wait(atLeast least: Int64, _ now: MonotonicInstant) -> SessionActions {
        if let budget = policy.retryBudget, attemptsInARow >= budget {
            return SessionActions(stopped(.retriesExhausted))
        }
        let own = policy.backoff.delay(&backoff, initial: reconnectionTime, using: &random)
        // Clients that were told the same minimum wait must not reconnect at the same moment, so jitter is added to
        // it.
        let delay = policy.backoff.jitter == .none ? max(least, own) : least + own
        let next = now.advanced(by: .nanoseconds(delay))
        if let bound = policy.giveUpAfter, next > outageSince.advanced(by: bound) {
            return SessionActions(stopped(.gaveUp))
        }
        phase = .waiting
        deadline = next
        return SessionActions()
    }

    /// Ends the session. Returns the last action.
    mutating func stopped(_ cause: StopCause) -> SessionAction {
        phase = .stopped
        deadline = nil
        stop = cause
        return .stopped(cause)
    }

    /// Handles an SSE `retry:` field (WHATWG HTML, section 9.2.6). A server cannot shorten a policy's own backoff, or
    /// `retry: 0` would disable it.
    mutating func setReconnectionTime(milliseconds: Int) {
        let longest = SessionPolicy.longestServerDelay.nanoseconds
        let asked = Int64(min(max(0, milliseconds), Int(longest / 1_000_000))) * 1_000_000
        let time = max(asked, policy.leastReconnectionTime.nanoseconds)
        // The same value again does not reset the backoff: servers send it at the head of every stream.
        guard time != reconnectionTime else { return }
        reconnectionTime = time
        backoff = Backoff.Progress()
    }

    /// The wait before a failed GET is repeated, in nanoseconds.
    mutating func refetchDelay() -> Int64 {
        policy.backoff.delay(&refetching.backoff, initial: reconnectionTime, using: &random)
    }
}
