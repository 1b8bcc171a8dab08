import Clocks
import Synchronization
import TransportCore

/// The sessions of pages, which their cookies name. They are bounded and in memory: after a restart pages log in
/// again.
final class SessionStore: Sendable {
    struct Session: Sendable {
        let principal: Principal
        fileprivate let secret: [UInt8]
        let csrfToken: [UInt8]
    }

    private struct State {
        var sessions: [Selector: Session] = [:]
        /// The second from which expired sessions may be looked for again, because a walk through all sessions costs
        /// more than a request.
        var nextPurge = Int64.min
        var watchers: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let limit: Int
    private let clock: any TimeSource

    init(limit: Int, clock: any TimeSource) {
        self.limit = limit
        self.clock = clock
    }

    /// Opens a session for a principal. It lasts no longer than the credential that it was exchanged for.
    /// Returns nil where there are too many sessions.
    func open(_ principal: Principal, lifetime: Int64) -> (cookie: String, session: Session)? {
        let now = clock.unixNanoseconds / 1_000_000_000
        let name = SelectorSecret.random()
        var principal = principal
        principal.expires = min(principal.expires ?? .max, now + lifetime)
        principal.credential = principal.credential ?? CredentialIdentity()
        principal.credential?.session = name.selector
        let session = Session(principal: principal, secret: name.secret, csrfToken: randomBytes(24))
        let limit = limit
        let isOpen = state.withLock { state in
            if state.sessions.count >= limit, now >= state.nextPurge {
                state.nextPurge = now + 1
                state.sessions = state.sessions.filter { $0.value.principal.expires ?? .max > now }
            }
            guard state.sessions.count < limit else { return false }
            state.sessions[name.selector] = session
            return true
        }
        return isOpen ? (name.text, session) : nil
    }

    /// Nil where no session has this cookie, or it has ended.
    func find(_ cookie: String) -> Session? {
        guard let name = SelectorSecret(cookie) else { return nil }
        guard let session = state.withLock({ $0.sessions[name.selector] }), name.proves(session.secret) else {
            return nil
        }
        return session
    }

    func session(_ selector: Selector) -> Session? { state.withLock { $0.sessions[selector] } }

    func holds(_ selector: Selector) -> Bool { state.withLock { $0.sessions[selector] != nil } }

    /// Ends a session and the streams that it opened.
    func end(_ selector: Selector) {
        let watchers = state.withLock { state in
            state.sessions[selector] = nil
            return state.watchers
        }
        for notify in watchers { notify() }
    }

    func watch(_ notify: @escaping @Sendable () -> Void) {
        state.withLock { $0.watchers.append(notify) }
    }
}
