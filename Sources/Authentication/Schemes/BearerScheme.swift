public import TransportCore

/// `Authorization: Bearer` with a JSON Web Token (RFC 6750, section 2.1; RFC 9068).
public struct BearerScheme: AuthScheme {
    public static let profile = AuthSchemeProfile(
        "bearer", "A JSON Web Token in the Authorization header.", clients: [.fetch, .curl, .urlSession])

    private let verifier: TokenVerifier
    /// Longer values of the header are refused without being read.
    private let maximumHeaderBytes: Int

    public init(_ verifier: TokenVerifier) {
        self.verifier = verifier
        maximumHeaderBytes = verifier.policy.maximumTokenBytes + 64
    }

    public var name: String { Self.profile.name }

    /// There is no `error` parameter. The same challenge answers a request without a credential, for which RFC 6750,
    /// section 3.1, forbids the parameter, and one with a wrong credential.
    public var challenge: String? { "Bearer realm=\"tandem\"" }

    public func isPresented(by request: some HandshakeRequest) -> Bool { request.header("authorization") != nil }

    public func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        guard let value = request.header("authorization") else {
            throw AuthenticationFailure(.missing, "the request has no Authorization header")
        }
        return try verifier.verify(token(in: value))
    }

    /// The token after the scheme's name, in any case, and at least one space (RFC 9110, sections 11.1 and 11.4).
    private func token(in value: String) throws(AuthenticationFailure) -> Substring {
        guard value.utf8.count <= maximumHeaderBytes else {
            throw AuthenticationFailure(.malformed, "the Authorization header is longer than any token may be")
        }
        // No token contains a comma. One separates the values of a field that occurs twice (RFC 9110, section 5.3).
        guard !value.utf8.contains(UInt8(ascii: ",")) else {
            throw AuthenticationFailure(.ambiguous, "the request has more than one Authorization header")
        }
        // By bytes, because a split by characters costs as much as the verification of an HMAC.
        let space = UInt8(ascii: " ")
        let words = value.utf8.drop { $0 == space }
        let scheme = words.prefix { $0 != space }
        guard Substring(scheme).lowercased() == "bearer" else {
            throw AuthenticationFailure(.missing, "the Authorization header has another scheme than Bearer")
        }
        var token = words[scheme.endIndex...].drop { $0 == space }
        while token.last == space { token.removeLast() }
        // The verifier finds a second word, because it accepts only the letters of base64url.
        guard !token.isEmpty else {
            throw AuthenticationFailure(.malformed, "the Authorization header has no token")
        }
        return Substring(token)
    }
}
