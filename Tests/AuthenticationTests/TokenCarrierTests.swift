import Authentication
import OrderUpdates
import Testing
import TransportCore

/// The schemes that carry a token elsewhere than in a header of its own.
@Suite struct TokenCarrierTests {
    // MARK: Query

    @Test("A token in the query is accepted") func takesATokenInTheQuery() async throws {
        let bench = try await TokenBench()
        let scheme = QueryScheme(bench.verifier)
        var request = Handshake()
        #expect(!scheme.isPresented(by: request))
        #expect(scheme.refusal(of: request)?.kind == .missing)
        request.parameters["access_token"] = [try bench.token()]
        #expect(scheme.isPresented(by: request))
        #expect(try scheme.authenticate(request).subject == "alice")
    }

    @Test("A bad token or two tokens in the query are refused, and other parameters are ignored")
    func refusesOtherQueries() async throws {
        let bench = try await TokenBench()
        let scheme = QueryScheme(bench.verifier)
        let token = try bench.token()
        for (tokens, kind) in [
            ([""], AuthenticationFailure.Kind.malformed), (["x"], .malformed), (["Bearer \(token)"], .malformed),
            ([token + "."], .malformed), ([String(token.dropLast(4)) + "AAAA"], .badSignature),
            // Two readers of the request could see two principals, also where both say the same (RFC 6750, section 2).
            ([token, token], .ambiguous), (["", token], .ambiguous), ([token, "x"], .ambiguous),
        ] {
            var request = Handshake()
            request.parameters["access_token"] = tokens
            #expect(scheme.isPresented(by: request))
            #expect(scheme.refusal(of: request)?.kind == kind, "\(tokens.count) tokens")
        }
        // The name is exact, and a header is not a query.
        var request = Handshake(authorization: "Bearer \(token)")
        request.parameters = ["Access_Token": [token], "token": [token]]
        #expect(!scheme.isPresented(by: request))
    }

    // MARK: Subprotocol

    private func offer(_ field: String, over transport: TransportName? = .websocket) -> Handshake {
        var request = Handshake()
        request.headers["sec-websocket-protocol"] = field
        request.target.transport = transport
        return request
    }

    @Test(
        "A token is found among the subprotocols, wherever it stands",
        arguments: [
            "order-updates.v1, bearer.T", "bearer.T, order-updates.v1", "order-updates.v1,bearer.T",
            "order-updates.v1,\tbearer.T \t", " bearer.T",
        ])
    func takesATokenAmongSubprotocols(field: String) async throws {
        let bench = try await TokenBench()
        let scheme = SubprotocolScheme(bench.verifier)
        let request = offer(field.replacing("T", with: try bench.token()))
        #expect(scheme.isPresented(by: request))
        #expect(try scheme.authenticate(request).subject == "alice")
    }

    @Test(
        "A bad token or two tokens among the subprotocols are refused, and text after a space is ignored",
        arguments: [
            ("order-updates.v1, bearer.", AuthenticationFailure.Kind.malformed),
            ("order-updates.v1, bearer.x", .malformed),
            ("order-updates.v1, bearer.T, bearer.T", .ambiguous),
            ("order-updates.v1, bearer.T, bearer.x", .ambiguous),
            ("order-updates.v1, bearer.T x", nil),
            ("order-updates.v1, bearer.Tx", .badSignature),
        ])
    func refusesOtherSubprotocols(field: String, kind: AuthenticationFailure.Kind?) async throws {
        let bench = try await TokenBench()
        let scheme = SubprotocolScheme(bench.verifier)
        let request = offer(field.replacing("T", with: try bench.token()))
        #expect(scheme.isPresented(by: request))
        let failure = scheme.refusal(of: request)
        // A part that is longer than a signature is either another signature or no base64url.
        #expect(failure?.kind == kind || (kind == .badSignature && failure?.kind == .malformed), "\(field)")
    }

    @Test(
        "A subprotocol without the exact prefix carries no token",
        arguments: ["", "order-updates.v1", "Bearer.T", "bearer T", "bearerT", "xbearer.T"])
    func seesNoTokenElsewhere(field: String) async throws {
        let scheme = SubprotocolScheme(try await TokenBench().verifier)
        #expect(!scheme.isPresented(by: offer(field)))
        #expect(scheme.refusal(of: offer(field))?.kind == .missing)
    }

    /// A proxy or a page might let the field through unseen.
    @Test(
        "A token among the subprotocols of a request that opens no WebSocket is refused",
        arguments: [nil, .sse, .polling, .longPolling, .inProcess] as [TransportName?])
    func refusesASmuggledSubprotocol(transport: TransportName?) async throws {
        let bench = try await TokenBench()
        let scheme = SubprotocolScheme(bench.verifier)
        let request = offer("bearer.\(try bench.token())", over: transport)
        #expect(scheme.isPresented(by: request), "so that a second credential beside it is seen")
        #expect(scheme.refusal(of: request)?.kind == .malformed)
    }

    // MARK: First message

    @Test("The first-message scheme takes a token from a message, and none from a handshake")
    func takesATokenInAMessageAlone() async throws {
        let bench = try await TokenBench()
        let scheme = FirstMessageScheme(bench.verifier)
        #expect(scheme.takesFirstMessage)
        #expect(try scheme.authenticate(token: bench.token()).subject == "alice")
        let failure = #expect(throws: AuthenticationFailure.self) { try scheme.authenticate(token: "") }
        #expect(failure?.kind == .malformed)
        // No handshake carries it, whatever it says.
        var request = Handshake(authorization: "Bearer \(try bench.token())")
        request.parameters["access_token"] = [try bench.token()]
        #expect(!scheme.isPresented(by: request))
        #expect(scheme.refusal(of: request)?.kind == .missing)
    }

    @Test("The schemes of requests take no token from a message") func otherSchemesTakeNoMessage() async throws {
        let bench = try await TokenBench()
        let token = try bench.token()
        for scheme in [bench.scheme, QueryScheme(bench.verifier), SubprotocolScheme(bench.verifier)] as [any AuthScheme]
        {
            #expect(!scheme.takesFirstMessage && !scheme.isAmbient)
            let failure = #expect(throws: AuthenticationFailure.self) { try scheme.authenticate(token: token) }
            #expect(failure?.kind == .missing)
        }
    }
}
