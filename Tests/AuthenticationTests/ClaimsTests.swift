import Authentication
import Foundation
import OrderUpdates
import Testing
import TransportCore

/// Tokens whose signature is good, so that the claims alone decide.
@Suite struct ClaimsTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let claims: String
        let kind: AuthenticationFailure.Kind
        let cause: String

        init(_ description: String, _ claims: String, _ kind: AuthenticationFailure.Kind, _ cause: String) {
            testDescription = description
            self.claims = claims
            self.kind = kind
            self.cause = cause
        }
    }

    /// Claims that would be accepted but for what is appended or replaced. `T` is the time, in seconds.
    private static func claims(
        sub: String? = #""sub":"alice""#, exp: String? = #""exp":1700000060"#, iss: String? = #""iss":"tandem""#,
        aud: String? = #""aud":"tandem""#, _ more: String...
    ) -> String {
        "{" + ([sub, exp, iss, aud].compactMap { $0 } + more).joined(separator: ",") + "}"
    }

    static let refused: [Row] = [
        Row("no sub", claims(sub: nil), .wrongClaims, "no sub"),
        Row("empty sub", claims(sub: #""sub":"""#), .wrongClaims, "no sub"),
        Row("sub is a number", claims(sub: #""sub":7"#), .wrongClaims, "sub is not a string"),
        Row("sub is null", claims(sub: #""sub":null"#), .wrongClaims, "sub is not a string"),
        Row("sub forges a line of the log", claims(sub: #""sub":"a\nb""#), .wrongClaims, "control character"),
        Row("no exp", claims(exp: nil), .wrongClaims, "no exp"),
        Row("exp is text", claims(exp: #""exp":"1700000060""#), .wrongClaims, "exp is not a number"),
        Row("exp is null", claims(exp: #""exp":null"#), .wrongClaims, "exp is not a number"),
        Row("exp is true", claims(exp: #""exp":true"#), .wrongClaims, "exp is not a number"),
        Row("exp is an array", claims(exp: #""exp":[1700000060]"#), .wrongClaims, "exp is not a number"),
        Row("exp is a negative fraction", claims(exp: #""exp":-0.5"#), .wrongClaims, "exp is out of range"),
        Row("exp is a fraction past the last time", claims(exp: #""exp":9000000000.5"#), .wrongClaims, "out of range"),
        // A fraction is cut: exp is the second that has begun, and the skew of ten seconds ends with it.
        Row("exp has passed, but for a fraction", claims(exp: #""exp":1699999990.9"#), .expired, "expired 0 s ago"),
        Row("nbf begins, but for a fraction", claims(#""nbf":1700000010.1"#), .notYetValid, "valid in 1 s"),
        Row("nbf is a negative fraction", claims(#""nbf":-0.5"#), .wrongClaims, "nbf is out of range"),
        Row("iat is text", claims(#""iat":"0""#), .wrongClaims, "iat is not a number"),
        Row("iat is negative", claims(#""iat":-1"#), .wrongClaims, "iat is out of range"),
        Row("iat lies ahead, beyond the skew", claims(#""iat":1700000011"#), .notYetValid, "iat lies 11 s ahead"),
        Row("iat lies a day ahead", claims(#""iat":1700086400.5"#), .notYetValid, "iat lies 86400 s ahead"),
        Row("exp is negative", claims(exp: #""exp":-1"#), .wrongClaims, "exp is out of range"),
        Row("exp is in milliseconds", claims(exp: #""exp":1700000060000"#), .wrongClaims, "exp is out of range"),
        Row("exp is the largest integer", claims(exp: #""exp":9223372036854775807"#), .wrongClaims, "out of range"),
        Row("exp is beyond", claims(exp: #""exp":9223372036854775808"#), .wrongClaims, "exp is out of range"),
        Row("exp is a huge float", claims(exp: #""exp":1e300"#), .wrongClaims, "exp is out of range"),
        Row("exp is infinite", claims(exp: #""exp":1e999"#), .wrongClaims, "exp is out of range"),
        Row("exp is zero", claims(exp: #""exp":0"#), .expired, "expired 1699999990 s ago"),
        Row("nbf is text", claims(#""nbf":"0""#), .wrongClaims, "nbf is not a number"),
        Row("nbf is null", claims(#""nbf":null"#), .wrongClaims, "nbf is not a number"),
        Row("nbf is huge", claims(#""nbf":1e18"#), .wrongClaims, "nbf is out of range"),
        Row("no iss", claims(iss: nil), .wrongClaims, "iss is not tandem"),
        Row("wrong iss", claims(iss: #""iss":"tandem.example""#), .wrongClaims, "iss is not tandem"),
        Row("iss in another case", claims(iss: #""iss":"Tandem""#), .wrongClaims, "iss is not tandem"),
        Row("iss is an array", claims(iss: #""iss":["tandem"]"#), .wrongClaims, "iss is not a string"),
        Row("no aud", claims(aud: nil), .wrongClaims, "aud does not name tandem"),
        Row("wrong aud", claims(aud: #""aud":"other""#), .wrongClaims, "aud does not name tandem"),
        Row("aud of others", claims(aud: #""aud":["other","tandem2"]"#), .wrongClaims, "aud does not name tandem"),
        Row("aud of nobody", claims(aud: #""aud":[]"#), .wrongClaims, "aud does not name tandem"),
        Row("aud is a number", claims(aud: #""aud":1"#), .wrongClaims, "aud is neither"),
        Row("aud holds a number", claims(aud: #""aud":["tandem",1]"#), .wrongClaims, "aud is neither"),
        Row("scope is an array", claims(#""scope":["orders:read"]"#), .wrongClaims, "scope is not a string"),
        Row("scopes is a number", claims(#""scopes":1"#), .wrongClaims, "scopes is neither"),
        Row("sub twice", claims(#""sub":"mallory""#), .malformed, "unique names"),
        Row("sub twice, once escaped", claims(#""\u0073ub":"mallory""#), .malformed, "unique names"),
        Row("a claim twice that we don't read", claims(#""x":1,"x":1"#), .malformed, "unique names"),
        Row("a name twice within a claim", claims(#""x":{"a":1,"a":1}"#), .malformed, "unique names"),
        Row("half a surrogate pair", claims(#""x":"\ud800""#), .malformed, "not a JSON object"),
        Row("a number with a leading zero", claims(#""x":01"#), .malformed, "not a JSON object"),
        Row("an array", "[]", .malformed, "not a JSON object"),
        Row("a string", #""alice""#, .malformed, "not a JSON object"),
        Row("nothing", "", .malformed, "not a JSON object"),
        Row("half an object", #"{"sub":"alice""#, .malformed, "not a JSON object"),
        Row("two objects", claims() + claims(), .malformed, "not a JSON object"),
        Row("a byte order mark", "\u{FEFF}" + claims(), .malformed, "not a JSON object"),
        Row("a NUL", claims("\"x\":\"\u{0}\""), .malformed, "not a JSON object"),
        Row(
            "nested deeper than a parser's stack",
            claims("\"x\":" + String(repeating: "[", count: 2_000) + String(repeating: "]", count: 2_000)), .malformed,
            "not a JSON object"),
    ]

    @Test("Claims that are missing, of another type, out of range or twice are refused", arguments: refused)
    func refuses(row: Row) async throws {
        let bench = try await TokenBench()
        let failure = try #require(bench.refusal(of: bench.sign(claims: row.claims)))
        #expect(failure.kind == row.kind)
        #expect(failure.cause.contains(row.cause), "\(failure.cause)")
    }

    static let accepted: [(String, Set<Scope>)] = [
        (claims(), []),
        // RFC 8693, section 4.2.
        (claims(#""scope":"orders:read orders:publish""#), [.read, .publish]),
        (claims(#""scope":"orders:command""#), [.command]),
        (claims(#""scope":"""#), []),
        // Scopes of other services pass, and allow nothing here.
        (claims(#""scope":"openid orders:read orders:READ orders""#), [.read]),
        (claims(#""scope":"orders:read  orders:read ""#), [.read]),
        (claims(#""scopes":["orders:read","orders:command"]"#), [.read, .command]),
        (claims(#""scopes":"orders:read orders:command""#), [.read, .command]),
        // The standard claim counts where both stand.
        (claims(#""scope":"orders:read","scopes":["orders:publish"]"#), [.read]),
        // RFC 7519, section 4.1.3: one audience or many.
        (claims(aud: #""aud":["other","tandem"]"#), []),
        // The same number, written otherwise.
        (claims(exp: #""exp":1.70000006e9"#), []),
        // RFC 7519, section 2: a NumericDate may have a fraction.
        (claims(exp: #""exp":1700000060.0"#), []),
        (claims(exp: #""exp":1700000060.999"#), []),
        (claims(#""nbf":1699999999.5"#), []),
        (claims(#""nbf":1700000009.5"#), []),
        (claims(#""iat":1699999999.25"#), []),
        (claims(#""iat":0.5"#), []),
        // As far ahead as the skew of ten seconds lets a clock be.
        (claims(#""iat":1700000010"#), []),
        (claims(#""iat":1700000010.9"#), []),
        // Escapes, depth and members with the names of claims inside other members.
        (
            #" {"\u0073ub":"al\u0069ce","exp":1700000060,"iss":"tandem","aud":"tandem","x":{"sub":"b","y":[{"sub":1}]}} "#,
            []
        ),
        (claims(#""x":"{\"sub\":\"mallory\"}""#), []),
    ]

    @Test("Claims that are complete are accepted, with the scopes that they grant", arguments: accepted)
    func accepts(claims: String, scopes: Set<Scope>) async throws {
        let bench = try await TokenBench()
        let principal = try bench.present(bench.sign(claims: claims))
        // The end is exp and the clock skew of ten seconds.
        #expect(
            principal.withoutCredential == Principal(subject: "alice", scopes: scopes, expires: TokenBench.now + 70))
        #expect(!principal.ownsEverything)
    }

    @Test("Without an expected audience a token may have none; without an expected issuer it may have any")
    func withoutAnExpectedAudienceOnlyTokensWithoutOnePass() async throws {
        let bench = try await TokenBench(policy: TokenPolicy(issuer: nil, audience: nil))
        let failure = try #require(bench.refusal(of: bench.sign(claims: Self.claims())))
        #expect(failure.kind == .wrongClaims)
        // Without an expected issuer any passes, and none.
        #expect(bench.refusal(of: try bench.sign(claims: Self.claims(iss: nil, aud: nil))) == nil)
        #expect(bench.refusal(of: try bench.sign(claims: Self.claims(iss: #""iss":"x""#, aud: nil))) == nil)
    }

    @Test(
        "An issuer, an audience or a key that is ours only where names are compared as text is not ours",
        arguments: [
            (#""K""#, #""K""#, #""K""#, nil),
            (#""\u212a""#, #""K""#, #""K""#, AuthenticationFailure.Kind.unknownKey),
            (#""K""#, #""\u212a""#, #""K""#, .wrongClaims), (#""K""#, #""K""#, #""\u212a""#, .wrongClaims),
            (#""K""#, #""K""#, #"["a","\u212a"]"#, .wrongClaims), (#""K""#, #""k""#, #""K""#, .wrongClaims),
            (#""K""#, #""K\u200b""#, #""K""#, .wrongClaims),
        ] as [(String, String, String, AuthenticationFailure.Kind?)])
    func comparesBytes(kid: String, issuer: String, audience: String, kind: AuthenticationFailure.Kind?) async throws {
        let key = TestKeys.hmac.replacingOccurrences(of: #""kid": "hmac""#, with: #""kid": "K""#)
        let bench = try await TokenBench(signing: [key], policy: TokenPolicy(issuer: "K", audience: "K"))
        let token = try bench.sign(
            header: #"{"alg":"HS256","kid":\#(kid)}"#,
            claims: Self.claims(iss: #""iss":\#(issuer)"#, aud: #""aud":\#(audience)"#))
        #expect(bench.refusal(of: token)?.kind == kind)
    }

    @Test("Subjects that are equal as text are two principals")
    func keepsSubjectsApart() async throws {
        let bench = try await TokenBench()
        let names = [#"Kate"#, #"\u212aate"#, #"jos\u00e9"#, #"jose\u0301"#]
        let principals = try names.map { try bench.present(bench.sign(claims: Self.claims(sub: #""sub":"\#($0)""#))) }
        #expect(Set(principals).count == names.count)
        #expect(principals.map { $0.subject.utf8.count } == [4, 6, 5, 6])
    }
}
