import Authentication
import Clocks
import Foundation
import OrderUpdates
import Testing
import TransportCore

@Suite struct TokenIssuerTests {
    private let clock = ManualClock(unixNanoseconds: 1_700_000_000_900_000_000)

    private func issuer(_ keys: String...) throws -> TokenIssuer {
        try TokenIssuer(jwks: "{\"keys\":[\(keys.joined(separator: ","))]}", origin: "test", clock: clock)
    }

    private func json(_ part: Int, of token: String) throws -> [String: Any] {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = try #require(Base64URL.decode(parts[part].utf8))
        return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    @Test("A token has the header and the claims that were asked for") func writesTheClaims() async throws {
        let token = try issuer(TestKeys.elliptic).issue(
            subject: "alice", scopes: [.publish, .read], issuer: "i", audience: "a", lifetime: .seconds(60))
        let header = try json(0, of: token)
        #expect(header["alg"] as? String == "ES256")
        #expect(header["kid"] as? String == "elliptic")
        #expect(header["typ"] as? String == "JWT")
        let claims = try json(1, of: token)
        #expect(claims["sub"] as? String == "alice")
        #expect(claims["iss"] as? String == "i")
        #expect(claims["aud"] as? String == "a")
        #expect(claims["scope"] as? String == "orders:publish orders:read")
        #expect(claims["iat"] as? Int == 1_700_000_000)
        #expect(claims["exp"] as? Int == 1_700_000_060)
        #expect((claims["jti"] as? String)?.count == 22)
    }

    @Test("An issuer and an audience may be left out, and a lifetime is rounded up to a second")
    func leavesOutWhatIsNotAskedFor() async throws {
        let token = try issuer(TestKeys.hmac).issue(
            subject: "alice", scopes: [], issuer: nil, audience: nil, lifetime: .milliseconds(1))
        let claims = try json(1, of: token)
        #expect(claims["iss"] == nil)
        #expect(claims["aud"] == nil)
        #expect(claims["scope"] as? String == "")
        // A part of a second counts as a whole one.
        #expect(claims["exp"] as? Int == 1_700_000_001)
    }

    @Test("Tokens with the same claims differ") func tokensDiffer() async throws {
        let issuer = try issuer(TestKeys.hmac)
        let tokens = try (0..<100).map { _ in
            try issuer.issue(subject: "alice", scopes: [], lifetime: .seconds(60))
        }
        #expect(Set(tokens).count == 100)
    }

    @Test("The first key that can sign is used, or the one that is named") func choosesTheKey() async throws {
        // The first that can sign, though a public one stands before it.
        let issuer = try issuer(TestKeys.rsaPublic, TestKeys.edwards, TestKeys.hmac)
        let first = try issuer.issue(subject: "alice", scopes: [], lifetime: .seconds(60))
        #expect(try json(0, of: first)["alg"] as? String == "EdDSA")
        let named = try issuer.issue(subject: "alice", scopes: [], lifetime: .seconds(60), kid: "hmac")
        #expect(try json(0, of: named)["alg"] as? String == "HS256")
        let error = #expect(throws: CredentialError.self) {
            try issuer.issue(subject: "alice", scopes: [], lifetime: .seconds(60), kid: "rsa")
        }
        #expect(error?.code == .noSigningKey)
        #expect(error?.message.contains("choose of edwards, hmac") == true)
    }

    @Test("A token with a negative lifetime has expired") func aNegativeLifetimeIsExpired() async throws {
        let bench = try await TokenBench()
        let token = try bench.issuer.issue(subject: "alice", scopes: [], lifetime: .seconds(-60))
        #expect(bench.refusal(of: token)?.kind == .expired)
    }

    @Test(
        "A token that no server would accept is not issued",
        arguments: [
            ("", Duration.seconds(60)), ("a\nb", .seconds(60)), ("alice", .seconds(9_000_000_000)),
            ("alice", .seconds(Int64.max)), ("alice", .seconds(-1_700_000_001)), ("alice", .seconds(Int64.min)),
        ] as [(Subject, Duration)])
    func refusesWhatNobodyWouldAccept(subject: Subject, lifetime: Duration) async throws {
        let issuer = try issuer(TestKeys.hmac)
        let error = #expect(throws: CredentialError.self) {
            try issuer.issue(subject: subject, scopes: [], lifetime: lifetime)
        }
        #expect(error?.code == .invalidToken)
    }

    @Test("A token has the id that was asked for, of 1 to 256 bytes, or one of its own")
    func namesTheTokenAsAsked() async throws {
        let bench = try await TokenBench()
        let longest = String(repeating: "i", count: 256)
        for id in ["operator-1", CredentialID(longest)] {
            #expect(try bench.present(bench.token(id: id)).credential?.id == id)
        }
        for id in ["", CredentialID(longest + "i")] {
            let error = #expect(throws: CredentialError.self) { try bench.token(id: id) }
            #expect(error?.code == .invalidToken)
        }
        #expect(try bench.present(bench.token()).credential?.id != bench.present(bench.token()).credential?.id)
    }

    @Test("An issuer cannot be made from public keys") func publicKeysDoNotSign() async throws {
        let error = #expect(throws: CredentialError.self) { try issuer(TestKeys.ellipticPublic) }
        #expect(error?.code == .noSigningKey)
    }

    /// Nobody would take the tokens of such a key.
    @Test(
        "A private part that does not belong to the public part is refused",
        arguments: [
            TestKeys.elliptic.replacing(
                "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI", with: "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"),
            TestKeys.edwards.replacing("nWGx", with: "nWGy"),
        ])
    func refusesHalvesOfTwoKeys(key: String) async throws {
        let error = #expect(throws: CredentialError.self) { try issuer(key) }
        #expect(error?.code == .malformed)
        #expect(error?.message.contains("keys[0]: the private part does not belong") == true, "\(error?.message ?? "")")
    }
}
