public import Clocks
import FoundationEssentials
import OrderUpdates
public import TransportCore

/// The schemes of a server as one scheme: it finds the credential that a request presents, and knows whether a
/// credential is still valid.
public struct AuthGate: AuthScheme {
    private let schemes: [any AuthScheme]
    private let verifier: TokenVerifier?
    private let revocations: RevocationList
    private let clock: any TimeSource

    /// - Parameters:
    ///   - schemes: with different names. A request without a credential is refused with the challenge of the first
    ///   scheme that has one.
    ///   - verifier: verifies tokens that come in messages, and has the keys that are valid now; nil where no scheme
    ///   has tokens.
    public init(
        _ schemes: [any AuthScheme], verifier: TokenVerifier?, revocations: RevocationList,
        clock: any TimeSource = MonotonicClock()
    ) {
        precondition(Set(schemes.map(\.name)).count == schemes.count, "a scheme stands twice in the gate")
        self.schemes = schemes
        self.verifier = verifier
        self.revocations = revocations
        self.clock = clock
    }

    public var name: String { schemes.map(\.name).joined(separator: "+") }
    public var challenge: String? { schemes.lazy.compactMap(\.challenge).first }
    public var isAmbient: Bool { schemes.contains(where: \.isAmbient) }
    public var takesFirstMessage: Bool { schemes.contains(where: \.takesFirstMessage) }
    public func isPresented(by request: some HandshakeRequest) -> Bool {
        schemes.contains { $0.isPresented(by: request) }
    }

    public func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        var presented: (any AuthScheme)?
        for scheme in schemes where scheme.isPresented(by: request) {
            guard presented == nil else {
                // RFC 6750, section 2: no more than one. Another reader of the request might take the other one.
                throw AuthenticationFailure(.ambiguous, "the request presents more than one credential")
            }
            presented = scheme
        }
        guard let presented else {
            throw AuthenticationFailure(.missing, "the request presents no credential that is taken here (\(name))")
        }
        return try admit(presented.authenticate(request))
    }

    public func authenticate(token: String) throws(AuthenticationFailure) -> Principal {
        guard let verifier else { throw AuthenticationFailure(.missing, "no token is taken here (\(name))") }
        return try admit(verifier.verify(token))
    }

    /// Something that was exchanged for a credential is valid no longer than that credential.
    private func admit(_ principal: Principal) throws(AuthenticationFailure) -> Principal {
        switch status(of: principal) {
        case .good: return principal
        case .expired: throw AuthenticationFailure(.expired, "the credential has expired")
        case .withdrawn: throw AuthenticationFailure(.withdrawn, "the credential was revoked")
        }
    }

    public func status(of principal: Principal) -> CredentialStatus {
        if let expires = principal.expires, clock.unixNanoseconds / 1_000_000_000 >= expires { return .expired }
        if revocations.covers(principal) { return .withdrawn }
        if let key = principal.credential?.key, let verifier, !verifier.keys.current.holds(key) { return .withdrawn }
        return schemes.contains { $0.status(of: principal) == .withdrawn } ? .withdrawn : .good
    }

    public func watchStatuses(_ notify: @escaping @Sendable () -> Void) {
        revocations.watch(notify)
        verifier?.keys.watchKeys(notify)
        for scheme in schemes { scheme.watchStatuses(notify) }
    }

    private struct Revocation: Decodable {
        var tokenId: CredentialID?
        var expires: Int64?
        var subject: Subject?

        /// The maximum length of a subject in bytes. No token of the default size, and no certificate, has a longer
        /// one.
        private static let maximumSubjectBytes = 8_192

        /// Which member is out of range, with the range; nil where none is.
        var rangeError: String? {
            if let tokenId, tokenId.utf8.count > TokenClaims.maximumIDBytes {
                return "tokenId has at most \(TokenClaims.maximumIDBytes) bytes, as a jti has"
            }
            if let expires, !(0...TokenClaims.latestTime).contains(expires) {
                return "expires is a time in seconds since 1970, from 0 to \(TokenClaims.latestTime), as exp is"
            }
            if let subject, subject.utf8.count > Self.maximumSubjectBytes {
                return "subject has at most \(Self.maximumSubjectBytes) bytes"
            }
            return nil
        }

        /// Nil where it does not say what is revoked, or names two things.
        func entry(of list: RevocationList, clockSkew: Duration) -> RevocationList.Entry? {
            switch (tokenId, subject) {
            case (let id?, nil) where !id.isEmpty: .token(id: id, expires: expires)
            case (nil, let name?) where !name.isEmpty: list.everything(of: name, clockSkew: clockSkew)
            default: nil
            }
        }
    }

    public var endpoints: [CredentialEndpoint] {
        let clockSkew = verifier?.policy.clockSkew ?? .zero
        return schemes.flatMap(\.endpoints) + [
            CredentialEndpoint(
                .post, "/revocations", scope: .revoke, takesBody: true,
                reply: { [revocations] request in
                    let body = try? JSONDecoder().decode(Revocation.self, from: Data(request.body))
                    guard let entry = body?.entry(of: revocations, clockSkew: clockSkew) else {
                        return .now(
                            .init(refusing: 400, "send {\"tokenId\":\"<jti>\"} or {\"subject\":\"<name>\"} as JSON"))
                    }
                    if let error = body?.rangeError { return .now(.init(refusing: 400, error)) }
                    return .later { answer in
                        revocations.revoke(entry) { failure in
                            answer(failure.map { .init(refusing: 503, $0.message, retryAfter: 60) } ?? .init(204))
                        }
                    }
                })
        ]
    }
}
