import Authentication
import Clocks
import OrderUpdates
import Synchronization
import Testing
import TransportCore

@Suite struct AuthGateTests {
    /// The keys of a provider that can change.
    private final class Rotation: KeySetProvider {
        private let state: Mutex<(keys: KeySet, watchers: [@Sendable () -> Void])>
        init(_ keys: KeySet) { state = Mutex((keys, [])) }
        var current: KeySet { state.withLock { $0.keys } }
        func watchKeys(_ notify: @escaping @Sendable () -> Void) { state.withLock { $0.watchers.append(notify) } }
        func replace(_ keys: KeySet) {
            let watchers = state.withLock { state in
                state.keys = keys
                return state.watchers
            }
            for notify in watchers { notify() }
        }
    }

    /// Every scheme behind one gate.
    private struct Bench {
        let tokens: TokenBench
        let keys: Rotation
        let revocations: RevocationList
        let cookies: CookieScheme
        let tickets: TicketScheme
        let gate: AuthGate

        init() async throws {
            tokens = try await TokenBench()
            keys = Rotation(try KeySet(jwks: Array(TestKeys.set(TestKeys.hmac).utf8), origin: "test"))
            let clock = tokens.clock
            let policy = TokenPolicy(issuer: "tandem", audience: "tandem", clockSkew: .seconds(10))
            let verifier = TokenVerifier(keys: keys, policy: policy, clock: clock)
            let origins = OriginPolicy(allowed: [])
            revocations = try RevocationList(clock: clock)
            cookies = CookieScheme(origins: origins, clock: clock)
            tickets = TicketScheme(transports: [.sse], clock: clock)
            gate = AuthGate(
                [
                    BearerScheme(verifier), cookies, QueryScheme(verifier), tickets, SubprotocolScheme(verifier),
                    FirstMessageScheme(verifier), MutualTLSScheme(scopes: [.read], origins: origins, clock: clock),
                ], verifier: verifier, revocations: revocations, clock: clock)
        }

        func principal(id: CredentialID? = nil) throws -> Principal {
            try gate.authenticate(Handshake(authorization: "Bearer \(tokens.token(id: id))"))
        }

        /// One request for each way to present a good credential.
        func presentations() throws -> [(name: String, add: (inout Handshake) -> Void)] {
            let token = try tokens.token()
            let login = try gate.call(.post, "/session", as: principal())
            let cookie = try CookieBench.value(of: login, tls: true)
            let ticket: String = try gate.call(
                .post, "/tickets", as: principal(), body: #"{"transport":"sse","orders":["a"]}"#
            ).member("ticket")
            return [
                ("bearer", { $0.headers["authorization"] = "Bearer \(token)" }),
                ("cookie", { $0.cookieValues["__Host-tandem-session"] = [cookie] }),
                ("query", { $0.parameters["access_token"] = [token] }),
                ("ticket", { $0.parameters["ticket"] = [ticket] }),
                ("subprotocol", { $0.headers["sec-websocket-protocol"] = "order-updates.v1, bearer.\(token)" }),
                (
                    "mtls",
                    {
                        $0.clientCertificate = ClientCertificate(
                            commonNames: ["alice"], serialNumber: "1", notBefore: 0, notAfter: TokenBench.now + 60)
                    }
                ),
            ]
        }

        func request() -> Handshake {
            var request = Handshake()
            request.isTLS = true
            request.target = HandshakeTarget(transport: .sse, orders: ["a"])
            return request
        }
    }

    // MARK: Which credential

    @Test("Each credential is accepted when it comes alone") func takesEachAlone() async throws {
        let bench = try await Bench()
        for (name, add) in try bench.presentations() {
            var request = bench.request()
            if name == "subprotocol" { request.target.transport = .websocket }
            add(&request)
            #expect(bench.gate.isPresented(by: request))
            #expect(bench.gate.refusal(of: request) == nil, "\(name)")
        }
        #expect(try bench.gate.authenticate(token: bench.tokens.token()).subject == "alice")
    }

    @Test("A request without a credential is refused with 401") func refusesNone() async throws {
        let bench = try await Bench()
        #expect(!bench.gate.isPresented(by: bench.request()))
        let failure = bench.gate.refusal(of: bench.request())
        #expect(failure?.kind == .missing && failure?.status == 401)
    }

    /// Whatever the two say: another reader of the request might see the other.
    @Test("Two credentials are ambiguous, even where one is invalid, and use no ticket up")
    func refusesTwo() async throws {
        let bench = try await Bench()
        let presentations = try bench.presentations()
        for (first, second) in presentations.indices.flatMap({ first in
            presentations.indices.filter { $0 != first }.map { (first, $0) }
        }) {
            var request = bench.request()
            presentations[first].add(&request)
            presentations[second].add(&request)
            let failure = bench.gate.refusal(of: request)
            #expect(
                failure?.kind == .ambiguous && failure?.status == 400,
                "\(presentations[first].name) and \(presentations[second].name)")
        }
        // Also where one of them is good for nothing.
        var request = bench.request()
        presentations[0].add(&request)
        request.cookieValues["__Host-tandem-session"] = ["x"]
        #expect(bench.gate.refusal(of: request)?.kind == .ambiguous)
        // None of these has used the ticket up.
        var alone = bench.request()
        presentations[3].add(&alone)
        #expect(bench.gate.refusal(of: alone) == nil)
    }

    @Test("A gate's name, challenge, endpoints and properties are those of its schemes")
    func isWhatItsSchemesAre() async throws {
        let bench = try await Bench()
        #expect(bench.gate.name == "bearer+cookie+query+ticket+subprotocol+message+mtls")
        #expect(bench.gate.challenge == "Bearer realm=\"tandem\"")
        #expect(bench.gate.isAmbient && bench.gate.takesFirstMessage)
        let paths = bench.gate.endpoints.map { "\($0.method.rawValue) \($0.path)" }
        #expect(paths == ["POST /session", "GET /session", "DELETE /session", "POST /tickets", "POST /revocations"])
        let bearer = AuthGate([bench.tokens.scheme], verifier: bench.tokens.verifier, revocations: bench.revocations)
        #expect(!bearer.isAmbient && !bearer.takesFirstMessage)
    }

    @Test("A gate traps if it is given the same scheme twice") func aSchemeTwiceTraps() async {
        await #expect(processExitsWith: .failure) {
            let bench = try await TokenBench()
            _ = AuthGate(
                [bench.scheme, bench.scheme], verifier: bench.verifier, revocations: try RevocationList())
        }
    }

    // MARK: Standing

    @Test("A credential is good until the nanosecond at which it expires") func standsUntilTheEnd() async throws {
        let bench = try await Bench()
        let principal = try bench.principal()
        #expect(principal.expires == TokenBench.now + 70)
        bench.tokens.clock.advance(by: .seconds(70) - .nanoseconds(1))
        #expect(bench.gate.status(of: principal) == .good)
        bench.tokens.clock.advance(by: .nanoseconds(1))
        #expect(bench.gate.status(of: principal) == .expired)
    }

    @Test("A ticket does not outlive the token that it was exchanged for")
    func aTicketDoesNotOutliveItsToken() async throws {
        let bench = try await Bench()
        let principal = try bench.principal()
        func ticket() throws -> Handshake {
            var request = Handshake()
            request.target = HandshakeTarget(transport: .sse, orders: ["a"])
            let answer = try bench.gate.call(
                .post, "/tickets", as: principal, body: #"{"transport":"sse","orders":["a"]}"#)
            request.parameters["ticket"] = [try answer.member("ticket")]
            return request
        }
        bench.tokens.clock.advance(by: .seconds(60))
        let (early, late) = (try ticket(), try ticket())
        bench.tokens.clock.advance(by: .seconds(10) - .nanoseconds(1))
        #expect(bench.gate.refusal(of: early) == nil)
        bench.tokens.clock.advance(by: .nanoseconds(1))
        #expect(bench.gate.refusal(of: late)?.kind == .expired)
    }

    @Test("Revoking a token withdraws it at once, and no other token") func revokesAToken() async throws {
        let bench = try await Bench()
        let looks = Mutex(0)
        bench.gate.watchStatuses { looks.withLock { $0 += 1 } }
        let (one, other) = (try bench.principal(id: "one"), try bench.principal(id: "other"))
        let answer = try bench.gate.call(.post, "/revocations", as: one, body: #"{"tokenId":"one"}"#)
        #expect(answer.status == 204)
        #expect(looks.withLock { $0 } == 1)
        #expect(bench.gate.status(of: one) == .withdrawn && bench.gate.status(of: other) == .good)
        let failure = #expect(throws: AuthenticationFailure.self) { try bench.principal(id: "one") }
        #expect(failure?.kind == .withdrawn && failure?.status == 401)
        #expect(throws: AuthenticationFailure.self) {
            try bench.gate.authenticate(token: bench.tokens.token(id: "one"))
        }
    }

    @Test("What no token can have is no revocation, and the range is said") func refusesOtherRevocations() async throws
    {
        let bench = try await Bench()
        let principal = try bench.principal(id: "one")
        for (body, words) in [
            (#"{"tokenId":"one","expires":-1}"#, "from 0 to 9000000000"),
            (#"{"tokenId":"one","expires":9000000001}"#, "from 0 to 9000000000"),
            ("{\"tokenId\":\"\(String(repeating: "i", count: 257))\"}", "at most 256 bytes"),
            ("{\"subject\":\"\(String(repeating: "s", count: 8_193))\"}", "at most 8192 bytes"),
            (#"{"tokenId":""}"#, "send"),
        ] {
            let answer = try bench.gate.call(.post, "/revocations", as: principal, body: body)
            #expect(answer.status == 400 && answer.detail.contains(words), "\(body.prefix(40)): \(answer.detail)")
        }
        #expect(bench.gate.status(of: principal) == .good)
        let longest = "{\"tokenId\":\"\(String(repeating: "i", count: 256))\",\"expires\":9000000000}"
        #expect(try bench.gate.call(.post, "/revocations", as: principal, body: longest).status == 204)
    }

    @Test("Revoking a subject withdraws what it was issued until now, within the clock skew")
    func revokesASubject() async throws {
        let bench = try await Bench()
        let alice = try bench.principal()
        // By an issuer whose clock is as far ahead as the skew lets it be.
        let ahead = try bench.gate.authenticate(
            token: bench.tokens.sign(
                claims: """
                    {"sub":"alice","exp":\(TokenBench.now + 60),"iss":"tandem","aud":"tandem","iat":\(TokenBench.now + 10)}
                    """))
        let answer = try bench.gate.call(.post, "/revocations", as: alice, body: #"{"subject":"alice"}"#)
        #expect(answer.status == 204)
        #expect(bench.gate.status(of: alice) == .withdrawn)
        #expect(bench.gate.status(of: ahead) == .withdrawn)
        var bob = alice
        bob.subject = "bob"
        #expect(bench.gate.status(of: bob) == .good)
        // What says nothing of its issue may be older.
        bob.subject = "alice"
        bob.credential = nil
        #expect(bench.gate.status(of: bob) == .withdrawn)
        // What is issued after the skew is good.
        bench.tokens.clock.advance(by: .seconds(10))
        #expect(throws: AuthenticationFailure.self) { try bench.principal() }
        bench.tokens.clock.advance(by: .seconds(1))
        #expect(bench.gate.status(of: try bench.principal()) == .good)
    }

    @Test(
        "A revocation whose body is malformed is refused with 400, and withdraws nothing",
        arguments: [
            "", "{", "[]", "{}", #"{"tokenId":""}"#, #"{"subject":""}"#, #"{"tokenId":"a","subject":"b"}"#,
            #"{"tokenId":1}"#,
            #"{"tokenId":"a","expires":"soon"}"#,
        ])
    func refusesOtherRevocations(body: String) async throws {
        let bench = try await Bench()
        let principal = try bench.principal(id: "a")
        #expect(try bench.gate.call(.post, "/revocations", as: principal, body: body).status == 400)
        #expect(bench.gate.status(of: principal) == .good)
    }

    @Test("The endpoint of revocations needs the scope to revoke") func aRevocationNeedsItsScope() async throws {
        let bench = try await Bench()
        #expect(bench.gate.endpoints.first { $0.path == "/revocations" }?.scope == .revoke)
    }

    @Test("When a key is removed, the tokens that it signed and their sessions are withdrawn")
    func fallsWithItsKey() async throws {
        let bench = try await Bench()
        let looks = Mutex(0)
        bench.gate.watchStatuses { looks.withLock { $0 += 1 } }
        let principal = try bench.principal()
        let login = try bench.gate.call(.post, "/session", as: principal)
        var request = bench.request()
        request.cookieValues["__Host-tandem-session"] = [try CookieBench.value(of: login, tls: true)]
        let session = try bench.gate.authenticate(request)
        // Another key beside it changes nothing.
        let both = TestKeys.set(TestKeys.hmac, TestKeys.edwardsPublic)
        bench.keys.replace(try KeySet(jwks: Array(both.utf8), origin: "test"))
        #expect(bench.gate.status(of: principal) == .good && bench.gate.status(of: session) == .good)
        bench.keys.replace(try KeySet(jwks: Array(TestKeys.set(TestKeys.edwardsPublic).utf8), origin: "test"))
        #expect(looks.withLock { $0 } == 2)
        #expect(bench.gate.status(of: principal) == .withdrawn && bench.gate.status(of: session) == .withdrawn)
        #expect(bench.gate.refusal(of: request)?.kind == .withdrawn)
    }

    @Test("A token is withdrawn when another key takes the name of its key")
    func fallsWithItsKeyUnderTheSameName() async throws {
        let bench = try await Bench()
        let principal = try bench.principal()
        let other = TestKeys.hmac.replacing("AyM1", with: "ByM1")
        bench.keys.replace(try KeySet(jwks: Array(TestKeys.set(other).utf8), origin: "test"))
        #expect(bench.gate.status(of: principal) == .withdrawn)
    }

    @Test("A logout withdraws the session, and leaves the token good") func fallsWithItsSession() async throws {
        let bench = try await Bench()
        let principal = try bench.principal()
        let login = try bench.gate.call(.post, "/session", as: principal)
        var request = bench.request()
        request.cookieValues["__Host-tandem-session"] = [try CookieBench.value(of: login, tls: true)]
        let session = try bench.gate.authenticate(request)
        #expect(try bench.gate.call(.delete, "/session", as: session).status == 204)
        #expect(bench.gate.status(of: session) == .withdrawn)
        #expect(bench.gate.status(of: principal) == .good, "the token itself was not withdrawn")
    }

    @Test("A gate without a verifier of tokens takes no token") func withoutTokensNoneAreTaken() async throws {
        let scheme = MutualTLSScheme(scopes: [.read], origins: OriginPolicy(allowed: []))
        let gate = AuthGate([scheme], verifier: nil, revocations: try RevocationList())
        let failure = #expect(throws: AuthenticationFailure.self) { try gate.authenticate(token: "x") }
        #expect(failure?.kind == .missing)
    }
}
