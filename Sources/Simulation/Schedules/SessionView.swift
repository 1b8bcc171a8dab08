import OrderUpdates
import TransportCore

/// What the application of one session was shown, compared with the server's plain log: in order, gap-free,
/// duplicate-free, or one declared loss and then a state.
struct SessionView {
    let policy: SessionPolicy
    private(set) var ledger = SessionLedger()
    /// The serial number of the update that was shown last; nil before the first.
    private(set) var shown: Int?
    private(set) var epoch: UInt64?
    private(set) var delivered = 0
    private var isLossDeclared = false
    /// Whether the server replays on the current connection from another place than it was asked to: afresh, or from
    /// before. Then it may lose a position that the session has passed.
    var replaysInexactly = false
    /// The serial number of what arrived last, whether it was shown or not. A browser's last id is that.
    var arrived: Int?

    init(_ policy: SessionPolicy) { self.policy = policy }

    /// - Returns: what is wrong with the update; nil where nothing is.
    mutating func show(update serial: Int, at position: StreamPosition, _ server: SimulatedServer) -> String? {
        let before = shown
        ledger.update(position, isReplay: false)
        note(serial, position)
        guard let before else { return "update \(serial) came before any state" }
        guard !isLossDeclared else { return "update \(serial) came before the state that a declared loss calls for" }
        guard let last = server.log.lastIndex(of: before) else {
            return "update \(serial) came after \(before), which the server has lost without a word"
        }
        guard last + 1 < server.log.count, server.log[last + 1] == serial else {
            return "update \(serial) came after \(before); the log is \(server.log)"
        }
        return nil
    }

    mutating func show(
        state serial: Int, at position: StreamPosition, isRefetch: Bool, _ server: SimulatedServer
    ) -> String? {
        let (before, oldEpoch, isDeclared) = (shown, epoch, isLossDeclared)
        ledger.snapshot(position, isRefetch: isRefetch)
        note(serial, position)
        isLossDeclared = false
        guard server.log.contains(serial) else { return "state \(serial) is not in the log \(server.log)" }
        guard let before, oldEpoch == position.epoch else {
            let isStart = before == nil || isDeclared || !policy.recovery.resumes
            return isStart ? nil : "state \(serial) is of another epoch, and no loss was declared"
        }
        guard let last = server.log.lastIndex(of: before), let now = server.log.lastIndex(of: serial) else {
            return "state \(serial) came after \(before), which the server has lost in the same epoch"
        }
        let isExact = !isReplayInexact(before)
        if now <= last && !(isDeclared && !isExact) { return "state \(serial) came after \(before)" }
        if isDeclared {
            let isLoss = now > last + 1 || !isExact
            return isLoss ? nil : "a loss was declared before \(serial), and there was none"
        }
        if policy.recovery.resumes && now > last + 1 {
            return "state \(serial) came after \(before), and no loss was declared"
        }
        return nil
    }

    mutating func declareLoss(_ server: SimulatedServer) -> String? {
        guard !isLossDeclared else { return "a loss was declared twice" }
        isLossDeclared = true
        ledger.positionLost()
        guard let shown else { return "a loss was declared before anything was shown" }
        let isGone = epoch != server.epoch || !server.keeps(after: shown)
        if isGone || isReplayInexact(shown) { return nil }
        return "a loss was declared after \(shown), and everything is there: \(server.log)"
    }

    private mutating func note(_ serial: Int, _ position: StreamPosition) {
        shown = serial
        epoch = position.epoch
        delivered += 1
    }

    /// Whether a position before what was shown may be lost.
    private func isReplayInexact(_ shown: Int) -> Bool {
        replaysInexactly || (policy.model == .eventSource && arrived != shown)
    }

    // MARK: The end

    func isUpToDate(_ server: SimulatedServer) -> Bool { epoch == server.epoch && shown == server.log.last }

    /// - Parameter hasConverged: whether the session must have everything.
    func verdict(_ server: SimulatedServer, hasConverged: Bool) -> String? {
        let counts = ledger.counts(publishedThrough: server.ends)
        if counts.silentlyLost > 0 || counts.duplicated > 0 || counts.reordered > 0 || counts.regressions > 0 {
            return "the ledger has \(counts)"
        }
        guard hasConverged else { return nil }
        if !isUpToDate(server) {
            return "the session stays at \(shown.map(String.init) ?? "nothing"); the log is \(server.log)"
        }
        return counts.outstanding == 0 ? nil : "the ledger has \(counts.outstanding) outstanding"
    }

    /// Whether a session of this policy must not reconnect after `cause`. It states the rule a second time,
    /// independently of the policy.
    func mustStop(_ cause: ClosedCause) -> Bool {
        if policy.model == .eventSource {
            switch cause {
            case .refused, .notAStream: return true
            default: return false
            }
        }
        guard policy.stopsWhenRefused else { return false }
        switch cause {
        case .refused(let status, _): return [204, 401, 403, 404].contains(status)
        case .notAStream: return true
        case .reason(let reason): return !reason.reconnect
        default: return false
        }
    }

    /// Whether the session may have stopped for this cause, where `last` was the last that the server or the network
    /// told it.
    func mayStop(_ cause: StopCause, last: ClosedCause?) -> Bool {
        switch cause {
        case .byOwner: false
        case .positionLost: policy.recovery == .replay && isLossDeclared
        case .retriesExhausted: policy.retryBudget != nil
        case .gaveUp: policy.giveUpAfter != nil
        case .noContent, .refused, .wrongContentType, .reason: last.map(mustStop) ?? false
        }
    }
}
