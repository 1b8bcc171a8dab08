public import Clocks
public import OrderUpdates
import Synchronization
public import TransportCore

/// The credentials that were revoked before their end: by the id of a token, or all that a subject was issued so far.
///
/// The list is bounded. Entries whose tokens have expired make room; where there is none, a revocation is refused and
/// never dropped. With a file, revocations outlive a restart.
public final class RevocationList: Sendable {
    /// What is revoked.
    public enum Entry: Hashable, Sendable {
        /// The token with this `jti`.
        /// - Parameter expires: the token's `exp`. The entry is kept for a day after it; nil keeps it for ever.
        case token(id: CredentialID, expires: Int64?)
        /// Everything that was issued to the subject up to this second, and everything that does not say when it was
        /// issued.
        case subject(Subject, issuedThrough: Int64)
    }

    private struct State {
        /// The second after which the entry may be removed; `max` for never.
        var tokens: [CredentialID: Int64] = [:]
        var subjects: [Subject: Int64] = [:]
        var watchers: [@Sendable () -> Void] = []
        var count: Int { tokens.count + subjects.count }

        /// In an order that is the same at every start.
        var entries: [Entry] {
            tokens.sorted { $0.key < $1.key }.map { .token(id: $0.key, expires: $0.value == .max ? nil : $0.value) }
                + subjects.sorted { $0.key < $1.key }.map { .subject($0.key, issuedThrough: $0.value) }
        }

        mutating func forgetExpired(at now: Int64) { tokens = tokens.filter { $0.value >= now - RevocationList.grace } }
    }

    /// The seconds for which a token may be accepted after its `exp`: the largest clock skew of a `TokenPolicy`.
    private static let grace: Int64 = 86_400

    private let state: Mutex<State>
    private let journal: RevocationJournal?
    private let clock: any TimeSource
    private let limit: Int

    /// - Parameters:
    ///   - file: JSON lines, one for each revocation. It is made where there is none, and entries that are no longer
    ///   in force are removed from it. Nil keeps revocations in memory only. Processes may share a file, but each
    ///   reads it only at its start: revoke at every instance.
    ///   - limit: the maximum number of entries.
    ///   - complain: gets one line where the file ended in a line that was cut short, which is removed.
    /// - Throws: `CredentialError` where the file cannot be read or written, or a line is damaged.
    public convenience init(
        file: String? = nil, limit: Int = 100_000, clock: any TimeSource = MonotonicClock(),
        complain: (String) -> Void = { _ in }
    ) throws(CredentialError) {
        try self.init(file: file, limit: limit, clock: clock, calls: .system, complain: complain)
    }

    /// - Parameter calls: the system calls on the file.
    package init(
        file: String? = nil, limit: Int = 100_000, clock: any TimeSource = MonotonicClock(), calls: AppendCalls,
        complain: (String) -> Void = { _ in }
    ) throws(CredentialError) {
        self.clock = clock
        self.limit = limit
        var initial = State()
        if let file {
            let now = clock.unixNanoseconds / 1_000_000_000
            let (journal, entries) = try RevocationJournal.open(file, calls: calls, complain: complain) { entries in
                var state = State()
                for entry in entries { Self.add(entry, to: &state) }
                state.forgetExpired(at: now)
                return state.entries
            }
            for entry in entries { Self.add(entry, to: &initial) }
            self.journal = journal
        } else {
            journal = nil
        }
        state = Mutex(initial)
    }

    /// Stores what is left.
    deinit { journal?.close() }

    /// Takes effect at once; streams end when their loops have looked. Returns at once.
    /// - Parameter acknowledge: called once, on any thread, when a restart would preserve the revocation: with a
    ///   file, when the disk has it. It gets a `CredentialError` where the list is full, or where the file cannot be
    ///   written; in that case the revocation is in force until the process ends.
    public func revoke(_ entry: Entry, _ acknowledge: @escaping @Sendable (CredentialError?) -> Void) {
        let now = clock.unixNanoseconds / 1_000_000_000
        let limit = limit
        let watchers: [@Sendable () -> Void]? = state.withLock { state in
            if state.count >= limit { state.forgetExpired(at: now) }
            guard state.count < limit else { return nil }
            Self.add(entry, to: &state)
            return state.watchers
        }
        guard let watchers else {
            return acknowledge(
                CredentialError(
                    .unavailable,
                    "the list of revocations is full (\(limit)): remove the signing key to withdraw all its tokens at once"
                ))
        }
        for notify in watchers { notify() }
        guard let journal else { return acknowledge(nil) }
        journal.append(entry, acknowledge)
    }

    /// Does the same, and returns once it is acknowledged.
    public func revoke(_ entry: Entry) async throws(CredentialError) {
        let failure = await withCheckedContinuation { continuation in
            revoke(entry) { continuation.resume(returning: $0) }
        }
        if let failure { throw failure }
    }

    /// The entry that revokes all that the subject was issued until now.
    /// - Parameter clockSkew: how far the issuer's clock may be ahead.
    func everything(of subject: Subject, clockSkew: Duration) -> Entry {
        .subject(subject, issuedThrough: TokenPolicy.latestIssue(at: clock.unixNanoseconds, clockSkew: clockSkew))
    }

    func covers(_ principal: Principal) -> Bool {
        state.withLock { state in
            if let id = principal.credential?.id, state.tokens[id] != nil { return true }
            guard let through = state.subjects[principal.subject] else { return false }
            return (principal.credential?.issuedAt ?? .min) <= through
        }
    }

    func watch(_ notify: @escaping @Sendable () -> Void) {
        state.withLock { $0.watchers.append(notify) }
    }

    private static func add(_ entry: Entry, to state: inout State) {
        switch entry {
        case .token(let id, let expires): state.tokens[id] = max(state.tokens[id] ?? .min, expires ?? .max)
        case .subject(let name, let through): state.subjects[name] = max(state.subjects[name] ?? .min, through)
        }
    }
}
