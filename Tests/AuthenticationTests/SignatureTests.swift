import Authentication
import Clocks
import OrderUpdates
import Testing
import TransportCore

/// Headers, keys and signatures: everything before the claims.
@Suite struct SignatureTests {
    static let claims = #"{"sub":"alice","exp":1700000060,"iss":"tandem","aud":"tandem","scope":"orders:read"}"#
    static let alice = Principal(subject: "alice", scopes: [.read], expires: 1_700_000_070)

    @Test(
        "A token of each algorithm is accepted, whatever other keys the server has",
        arguments: [
            ([TestKeys.elliptic], [TestKeys.ellipticPublic]),
            ([TestKeys.edwards], [TestKeys.edwardsPublic]),
            ([TestKeys.rsa], [TestKeys.rsaPublic]),
            ([TestKeys.hmac], [TestKeys.hmac]),
            // The primes of an RSA key may be left out (RFC 7518, section 6.3.2).
            (
                [TestKeys.rsa.replacing("\"p\"", with: "\"x1\"").replacing("\"q\"", with: "\"x2\"")],
                [TestKeys.rsaPublic]
            ),
            // A server may have the private file too, and many keys.
            ([TestKeys.elliptic], [TestKeys.elliptic]),
            ([TestKeys.rsa], [TestKeys.hmac, TestKeys.ellipticPublic, TestKeys.edwardsPublic, TestKeys.rsaPublic]),
        ])
    func acceptsEachAlgorithm(signing: [String], trusted: [String]) async throws {
        let bench = try await TokenBench(signing: signing, trusted: trusted)
        #expect(try bench.present(bench.sign(claims: Self.claims)).withoutCredential == Self.alice)
    }

    @Test(
        "A header may lack a type and a key's name, and have members that count for nothing",
        arguments: [
            // RFC 9068, section 2.1, and RFC 7519, section 5.1: in any case, with or without the prefix.
            #"{"alg":"HS256","kid":"hmac","typ":"at+jwt"}"#,
            #"{"alg":"HS256","kid":"hmac","typ":"application/AT+JWT"}"#,
            #"{"alg":"HS256","kid":"hmac"}"#,
            // The set has one key, so its name may be left out.
            #"{"alg":"HS256"}"#,
            // Members that we don't know count for nothing, whatever they hold: a number beyond every integer as well.
            #"{"alg":"HS256","x":1e300,"y":-1e18,"z":{"alg":"none"},"w":[[{}]],"v":null}"#,
            // Keys and addresses of keys in a header count for nothing (RFC 8725, section 3.10).
            #"{"alg":"HS256","jku":"http://127.0.0.1:1/keys","x5u":"file:///etc/passwd","x5c":["x"]}"#,
        ])
    func acceptsHeader(header: String) async throws {
        let bench = try await TokenBench()
        #expect(try bench.present(bench.sign(header: header, claims: Self.claims)).withoutCredential == Self.alice)
    }

    @Test(
        "A header with a wrong algorithm, key, type or form is refused under a good signature",
        arguments: [
            (#"{"alg":"none"}"#, AuthenticationFailure.Kind.badSignature),
            (#"{"alg":"None"}"#, .badSignature),
            (#"{"alg":"NONE"}"#, .badSignature),
            (#"{"alg":"nOnE"}"#, .badSignature),
            (#"{"alg":"none "}"#, .badSignature),
            (#"{"alg":""}"#, .badSignature),
            (#"{"alg":"hs256"}"#, .badSignature),
            (#"{"alg":"HS256 "}"#, .badSignature),
            (#"{"alg":"HS512"}"#, .badSignature),
            (#"{"alg":"HS256\u0000"}"#, .badSignature),
            (#"{}"#, .malformed),
            (#"{"alg":null}"#, .malformed),
            (#"{"alg":["HS256"]}"#, .malformed),
            (#"{"ALG":"HS256"}"#, .malformed),
            (#"{"alg":"HS256","kid":null}"#, .malformed),
            (#"{"alg":"HS256","kid":1}"#, .malformed),
            (#"{"alg":"HS256","typ":1}"#, .malformed),
            // Twice: the first reader's and the last reader's token would be two.
            (#"{"alg":"HS256","alg":"none"}"#, .malformed),
            (#"{"alg":"none","alg":"HS256"}"#, .malformed),
            (#"{"alg":"HS256","\u0061lg":"HS256"}"#, .malformed),
            (#"{"alg":"HS256","kid":"hmac","kid":"other"}"#, .malformed),
            // RFC 7515, section 4.1.11: extensions that must be understood; RFC 7797's payload is not even encoded.
            (#"{"alg":"HS256","crit":["b64"],"b64":false}"#, .malformed),
            (#"{"alg":"HS256","crit":[]}"#, .malformed),
            // Hostile names of keys are names that nobody has.
            (#"{"alg":"HS256","kid":"other"}"#, .unknownKey),
            (#"{"alg":"HS256","kid":""}"#, .unknownKey),
            (#"{"alg":"HS256","kid":"HMAC"}"#, .unknownKey),
            (#"{"alg":"HS256","kid":"../../../../dev/null"}"#, .unknownKey),
            (#"{"alg":"HS256","kid":"x' UNION SELECT 'AA'; --"}"#, .unknownKey),
            (#"{"alg":"HS256","kid":"hmac\u0000"}"#, .unknownKey),
            // Tokens for another purpose (RFC 8725, section 3.11).
            (#"{"alg":"HS256","typ":"logout+jwt"}"#, .wrongClaims),
            (#"{"alg":"HS256","typ":"dpop+jwt"}"#, .wrongClaims),
            (#"{"alg":"HS256","typ":""}"#, .wrongClaims),
            (#"["HS256"]"#, .malformed),
            ("\u{FEFF}{\"alg\":\"HS256\"}", .malformed),
            ("", .malformed),
        ])
    func refusesHeaderUnderAGoodSignature(header: String, kind: AuthenticationFailure.Kind) async throws {
        let bench = try await TokenBench()
        let failure = try #require(bench.refusal(of: bench.sign(header: header, claims: Self.claims)))
        #expect(failure.kind == kind, "\(failure.cause)")
        // The same without a signature, as `none` has it.
        let parts = try bench.sign(header: header, claims: Self.claims).split(separator: ".")
        #expect(bench.refusal(of: parts.dropLast().joined(separator: ".") + ".") != nil)
    }

    @Test("A header or a payload in UTF-16 is refused") func refusesUTF16() async throws {
        let bench = try await TokenBench()
        let header = #"{"alg":"HS256"}"#.utf8.flatMap { [$0, 0] as [UInt8] }
        let token = try bench.issuer.sign(header: header, payload: Array(Self.claims.utf8))
        #expect(bench.refusal(of: token)?.kind == .malformed)
        let payload = Self.claims.utf8.flatMap { [$0, 0] as [UInt8] }
        #expect(bench.refusal(of: try bench.issuer.sign(payload: payload))?.kind == .malformed)
    }

    @Test("A token must name its key where the server has several, and no other key")
    func refusesANameThatIsMissingAmongSeveralKeys() async throws {
        let bench = try await TokenBench(signing: [TestKeys.hmac], trusted: [TestKeys.hmac, TestKeys.ellipticPublic])
        #expect(bench.refusal(of: try bench.sign(claims: Self.claims)) == nil)
        let unnamed = try bench.sign(header: #"{"alg":"HS256"}"#, claims: Self.claims)
        #expect(bench.refusal(of: unnamed)?.kind == .unknownKey)
        // A token cannot be signed by one key in the name of another.
        let crossed = try bench.sign(header: #"{"alg":"HS256","kid":"elliptic"}"#, claims: Self.claims)
        #expect(bench.refusal(of: crossed)?.kind == .badSignature)
    }

    @Test("A signature by another key under the same name is refused")
    func refusesAnotherKeyUnderTheSameName() async throws {
        let bench = try await TokenBench(signing: [TestKeys.ellipticImpostor], trusted: [TestKeys.ellipticPublic])
        #expect(bench.refusal(of: try bench.sign(claims: Self.claims))?.kind == .badSignature)
    }

    /// Everyone knows the public key (RFC 8725, section 2.1).
    @Test(
        "A token that is signed with the public key as a shared secret is refused",
        arguments: [TestKeys.rsaModulus, Base64URL.encode(TestKeys.rsaPublic.utf8)])
    func refusesAPublicKeyAsASecret(secret: String) async throws {
        let bench = try await TokenBench(
            signing: [#"{"kty":"oct","kid":"rsa","k":"\#(secret)"}"#], trusted: [TestKeys.rsaPublic])
        #expect(bench.refusal(of: try bench.sign(claims: Self.claims))?.kind == .badSignature)
        let renamed = try bench.sign(header: #"{"alg":"RS256","kid":"rsa"}"#, claims: Self.claims)
        #expect(bench.refusal(of: renamed)?.kind == .badSignature)
    }

    @Test("A key in the token's header is not used") func refusesTheAttackersKeyInTheHeader() async throws {
        let bench = try await TokenBench(signing: [TestKeys.ellipticImpostor], trusted: [TestKeys.ellipticPublic])
        let embedded = #"{"alg":"ES256","kid":"elliptic","jwk":\#(TestKeys.ellipticImpostor)}"#
        #expect(bench.refusal(of: try bench.sign(header: embedded, claims: Self.claims))?.kind == .badSignature)
    }

    @Test(
        "A text that has not the form of a token is malformed",
        arguments: ["", ".", "..", "...", "a.b", "a.b.c", "a..", ".b.", "..c", "a.b.c.d", "a.b.c.d.e", "é.é.é", "💥"])
    func refusesGarbage(token: String) async throws {
        let bench = try await TokenBench()
        #expect(bench.refusal(of: token)?.kind == .malformed)
    }

    @Test(
        "A token with one letter changed, or cut anywhere, is refused",
        arguments: [
            ([TestKeys.hmac], [TestKeys.hmac]), ([TestKeys.elliptic], [TestKeys.ellipticPublic]),
            ([TestKeys.edwards], [TestKeys.edwardsPublic]), ([TestKeys.rsa], [TestKeys.rsaPublic]),
        ])
    func refusesEveryAlteredLetter(signing: [String], trusted: [String]) async throws {
        let bench = try await TokenBench(signing: signing, trusted: trusted)
        let letters = Array(try bench.sign(claims: Self.claims).utf8)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        for position in letters.indices {
            var altered = letters
            let value = alphabet.firstIndex(of: letters[position]) ?? 0
            // The neighbour in the alphabet differs in the lowest bit, which padding bits would hide.
            altered[position] = alphabet[value ^ 1]
            #expect(bench.refusal(of: String(decoding: altered, as: UTF8.self)) != nil, "letter \(position)")
        }
        for length in letters.indices {
            #expect(bench.refusal(of: String(decoding: letters[..<length], as: UTF8.self)) != nil, "cut at \(length)")
        }
    }

    @Test("A token with random bytes in it is refused", arguments: 0..<8) func refusesNoise(seed: UInt64) async throws {
        let bench = try await TokenBench()
        let good = Array(try bench.sign(claims: Self.claims).utf8)
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<500 {
            var noise = good
            for _ in 0...random(4) { noise[random(noise.count)] = UInt8(random(256)) }
            if random(4) == 0 { noise.removeSubrange(random(noise.count)...) }
            if noise == good { continue }
            #expect(bench.refusal(of: String(decoding: noise, as: UTF8.self)) != nil, "\(noise)")
            let header = (0..<random(40)).map { _ in UInt8(random(256)) }
            #expect(bench.refusal(of: try bench.issuer.sign(header: header, payload: good)) != nil, "\(header)")
        }
    }

    @Test("A token longer than the limit is refused, and one of just that length is accepted")
    func refusesOversizedTokensUnread() async throws {
        let token = try await TokenBench().sign(claims: Self.claims)
        func bench(maximum: Int) async throws -> TokenBench {
            let policy = TokenPolicy(issuer: "tandem", audience: "tandem", maximumTokenBytes: maximum)
            return try await TokenBench(policy: policy)
        }
        #expect(try await bench(maximum: token.utf8.count).refusal(of: token) == nil)
        let failure = try #require(try await bench(maximum: token.utf8.count - 1).refusal(of: token))
        #expect(failure.kind == .malformed)
        #expect(failure.cause.contains("longer than \(token.utf8.count - 1) bytes"))
    }

    @Test("By default a token may have 8 KiB") func theDefaultLimitIsEightKibibytes() async throws {
        let bench = try await TokenBench()
        func token(filler: Int) throws -> String {
            let filler = String(repeating: "x", count: filler)
            return try bench.sign(
                claims: #"{"sub":"alice","exp":1700000060,"iss":"tandem","aud":"tandem","x":"\#(filler)"}"#)
        }
        #expect(bench.refusal(of: try token(filler: 5_900)) == nil)
        #expect(bench.refusal(of: try token(filler: 6_100))?.kind == .malformed)
        // So long that the header is refused before it is looked at.
        #expect(bench.refusal(of: String(repeating: "a.", count: 100_000))?.cause.contains("any token") == true)
    }

    /// The cause goes into the log.
    @Test("A refusal's cause is one line, and quotes nothing of the credential")
    func causesQuoteNothingOfTheCredential() async throws {
        let bench = try await TokenBench()
        let canary = "canary\\n1234"
        let proper = #"{"alg":"HS256"}"#
        let tokens = [
            try bench.sign(header: #"{"alg":"\#(canary)"}"#, claims: Self.claims),
            try bench.sign(header: #"{"alg":"HS256","kid":"\#(canary)"}"#, claims: Self.claims),
            try bench.sign(header: #"{"alg":"HS256","typ":"\#(canary)"}"#, claims: Self.claims),
            try bench.sign(header: #"{"alg":"HS256","crit":["\#(canary)"]}"#, claims: Self.claims),
            try bench.sign(header: #"{"\#(canary)":"#, claims: Self.claims),
            try bench.sign(header: proper, claims: #"{"\#(canary)":"#),
            try bench.sign(header: proper, claims: #"{"sub":"\#(canary)","exp":1700000060}"#),
            try bench.sign(header: proper, claims: #"{"sub":"a","exp":"\#(canary)"}"#),
            try bench.sign(header: proper, claims: #"{"sub":"a","exp":1700000060,"iss":"\#(canary)"}"#),
            try bench.sign(header: proper, claims: #"{"sub":"a","exp":1700000060,"iss":"tandem","aud":"\#(canary)"}"#),
            "canary.canary.canary", "canary",
        ]
        for token in tokens {
            let failure = try #require(bench.refusal(of: token))
            #expect(!failure.cause.contains("canary"), "\(failure)")
            #expect(!failure.cause.contains("\n"))
            for part in token.split(separator: ".") where part.utf8.count > 6 {
                #expect(!failure.cause.contains(part))
            }
        }
    }
}
