import Clocks
import OrderUpdates
import Synchronization
import TransportCore

/// An auth scheme for tests: the bearer token is the subject's name, and says its scopes and its end.
///
/// The token is its own id, by which it is withdrawn. A token that ends is taken once even after its end, so that a test on a slow
/// machine sees its stream end, not its handshake fail.
final class TokenScheme: AuthScheme {
    static let owner: Subject = "alice"
    static let good = Credential.bearer("alice")
    static let foreign = Credential.bearer("mallory")
    /// Alice's, without the scope to read.
    static let cannotRead = Credential.bearer("alice-publishes")
    /// Alice's, without the scope to command.
    static let readsOnly = Credential.bearer("alice-reads")
    static let unknown = Credential.bearer("nobody")

    /// A token of alice's that ends within so many seconds of the wall clock, of which the first may have all but passed.
    static func ending(within seconds: Int64) -> String { "\(owner)-until-\(now + seconds)" }

    /// Who follows the order of whom: pairs of names that are one to whoever compares text, and two byte for byte.
    static let lookalikes: [(difference: String, owner: Subject, other: Subject)] = [
        ("KELVIN SIGN for K", "Kate", "\u{212A}ate"), ("ANGSTROM SIGN for Å", "\u{C5}sa", "\u{212B}sa"),
        ("OHM SIGN for Omega", "\u{3A9}", "\u{2126}"), ("NFD for NFC", "jos\u{E9}", "jose\u{301}"),
        ("NFC for NFD", "andre\u{301}", "andr\u{E9}"),
        ("a Hangul syllable in its parts", "\u{AC01}", "\u{1100}\u{1161}\u{11A8}"),
        ("another case", "carol", "Carol"), ("a zero-width space within", "mary", "ma\u{200B}ry"),
    ]

    /// The token of somebody by name, who may do everything. Its letters are hexadecimal: a header field is ASCII.
    static func token(of subject: Subject) -> Credential {
        .bearer("named-" + subject.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())
    }

    private static let named = Dictionary(
        uniqueKeysWithValues: lookalikes.flatMap { [$0.owner, $0.other] }.compactMap { subject in
            if case .bearer(let token) = token(of: subject) {
                (token, Principal(subject: subject, scopes: Set(Scope.allCases)))
            } else {
                nil
            }
        })

    private static let principals: [String: Principal] = [
        "alice": Principal(subject: owner, scopes: Set(Scope.allCases)),
        "alice-1": Principal(subject: owner, scopes: [.read]),
        "alice-2": Principal(subject: owner, scopes: [.read]),
        "alice-publishes": Principal(subject: owner, scopes: [.publish]),
        "alice-reads": Principal(subject: owner, scopes: [.read]),
        "bob": Principal(subject: "bob", scopes: Set(Scope.allCases)),
        "mallory": Principal(subject: "mallory", scopes: Set(Scope.allCases)),
    ]

    /// Protected by `state`.
    private struct State: Sendable {
        var withdrawn: Set<CredentialID> = []
        var isKeyGone = false
        /// Tokens that end and have been taken.
        var taken: Set<String> = []
        var watchers: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    var name: String { "bearer" }
    var challenge: String? { "Bearer" }

    private static var now: Int64 { MonotonicClock().unixNanoseconds / 1_000_000_000 }

    private static func principal(of token: String) -> Principal? {
        let parts = token.split(separator: "-until-")
        let name = parts.count == 2 ? String(parts[0]) : token
        guard var principal = principals[name] ?? named[name] else { return nil }
        if parts.count == 2 { principal.expires = Int64(parts[1]) }
        principal.credential = CredentialIdentity(id: CredentialID(token))
        return principal
    }

    func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        guard let header = request.header("authorization") else {
            throw AuthenticationFailure(.missing, "no Authorization header")
        }
        let token = String(header.dropFirst("Bearer ".count))
        guard let principal = Self.principal(of: token) else {
            throw AuthenticationFailure(.unknownKey, "not a token of the tests")
        }
        let isFirst = state.withLock { $0.taken.insert(token).inserted }
        switch status(of: principal) {
        case .withdrawn: throw AuthenticationFailure(.withdrawn, "the test has withdrawn it")
        case .expired where !isFirst: throw AuthenticationFailure(.expired, "it has ended")
        case .expired, .good: return principal
        }
    }

    func status(of principal: Principal) -> CredentialStatus {
        let isWithdrawn = state.withLock { state in
            state.isKeyGone || principal.credential?.id.map(state.withdrawn.contains) == true
        }
        if isWithdrawn { return .withdrawn }
        return principal.expires ?? .max <= Self.now ? .expired : .good
    }

    func watchStatuses(_ notify: @escaping @Sendable () -> Void) {
        state.withLock { $0.watchers.append(notify) }
    }

    func withdraw(_ token: String) { change { $0.withdrawn.insert(CredentialID(token)) } }

    /// All tokens were signed with the one key.
    func removeKey() { change { $0.isKeyGone = true } }

    private func change(_ body: (inout State) -> Void) {
        let watchers = state.withLock { state in
            body(&state)
            return state.watchers
        }
        for notify in watchers { notify() }
    }
}
