import Authentication
import Clocks
import OrderUpdates
import Synchronization
import Testing
import TransportCore

@Suite struct CookieSchemeTests {
    // MARK: The cookie

    @Test(
        "A login sets a cookie whose name and attributes fit the connection, and which is accepted",
        arguments: [
            // With TLS a name that no other host and no plain connection can set (RFC 6265bis, section 4.1.3.2).
            (true, "__Host-tandem-session=", "; Path=/; HttpOnly; SameSite=Strict; Secure"),
            (false, "tandem-session=", "; Path=/; HttpOnly; SameSite=Strict"),
        ])
    func setsTheCookie(tls: Bool, prefix: String, suffix: String) throws {
        let bench = try CookieBench(tls: tls)
        #expect(bench.answer.header("set-cookie") == prefix + bench.cookie + suffix)
        #expect(bench.answer.header("cache-control") == "no-store")
        #expect(try bench.scheme.authenticate(bench.request()).subject == "alice")
    }

    /// Anyone on the way could have set the cookie of a plain connection.
    @Test("A plain connection's cookie is ignored over TLS, and the other way round", arguments: [true, false])
    func takesOnlyTheNameOfTheConnection(tls: Bool) throws {
        let bench = try CookieBench(tls: tls)
        var request = bench.request()
        request.isTLS = !tls
        #expect(!bench.scheme.isPresented(by: request))
        #expect(bench.scheme.refusal(of: request)?.kind == .missing)
    }

    @Test("A request with two session cookies is refused with 400") func refusesTwoCookies() throws {
        let bench = try CookieBench()
        for request in [bench.request(bench.cookie, bench.cookie), bench.request(bench.cookie, "x")] {
            #expect(bench.scheme.isPresented(by: request))
            #expect(bench.scheme.refusal(of: request)?.kind == .ambiguous)
            #expect(bench.scheme.refusal(of: request)?.status == 400)
        }
    }

    @Test("A cookie that is no session's is refused and cleared") func refusesWhatIsNoSession() throws {
        let bench = try CookieBench()
        let other = try CookieBench()
        let flipped = String(bench.cookie.dropLast()) + (bench.cookie.last == "A" ? "B" : "A")
        for cookie in [
            // No session's name; another server's; the right name with another secret, or with none, or with more.
            "", "x", other.cookie, flipped, String(bench.cookie.prefix(16)), bench.cookie + "A", " " + bench.cookie,
            "\"\(bench.cookie)\"", bench.cookie.lowercased(), "é" + bench.cookie.dropFirst(2),
        ] {
            let failure = bench.scheme.refusal(of: bench.request(cookie))
            #expect(failure?.kind == .withdrawn, "\(cookie)")
            // A page cannot take a dead cookie from itself, and could not log in beside it.
            #expect(
                failure?.setCookie
                    == "__Host-tandem-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure")
        }
        #expect(bench.scheme.refusal(of: bench.request()) == nil)
    }

    @Test("Each session has a cookie and a CSRF token of its own") func namesOfSessionsDiffer() throws {
        let bench = try CookieBench()
        var cookies: Set = [bench.cookie]
        var tokens: Set = [bench.csrfToken]
        for _ in 0..<5 {
            let answer = try bench.scheme.call(.post, "/session", as: CookieBench.alice)
            cookies.insert(try CookieBench.value(of: answer, tls: true))
            tokens.insert(try answer.member("csrfToken"))
        }
        #expect(cookies.count == 6 && tokens.count == 6)
    }

    // MARK: Life

    @Test(
        "A session lasts as long as its setting, but no longer than its token",
        arguments: [
            (3600, 600), (600, 600), (60, 60),
        ] as [(Int64, Int64)])
    func expires(lifetime: Int64, expected: Int64) throws {
        let bench = try CookieBench(lifetime: lifetime)
        #expect(try bench.answer.member("expires", Int64.self) == TokenBench.now + expected)
        bench.clock.advance(by: .seconds(expected) - .nanoseconds(1))
        let principal = try bench.scheme.authenticate(bench.request())
        #expect(principal.expires == TokenBench.now + expected)
        bench.clock.advance(by: .nanoseconds(1))
        let failure = bench.scheme.refusal(of: bench.request())
        #expect(failure?.kind == .expired && failure?.status == 401)
        #expect(failure?.setCookie?.contains("Max-Age=0") == true)
    }

    @Test("A session ends even if its token never expires") func aSessionOfATokenWithoutEndEnds() throws {
        var principal = CookieBench.alice
        principal.expires = nil
        let bench = try CookieBench(lifetime: 60, principal: principal)
        #expect(try bench.scheme.authenticate(bench.request()).expires == TokenBench.now + 60)
    }

    /// So what withdraws the token withdraws the session.
    @Test("A session keeps the scopes and the identity of its token") func remembersTheToken() throws {
        let bench = try CookieBench()
        let principal = try bench.scheme.authenticate(bench.request())
        #expect(principal.scopes == [.read, .command])
        #expect(principal.credential?.id == "t1" && principal.credential?.key == 7)
        let session = try #require(principal.credential?.session)
        #expect(
            bench.cookie.hasPrefix(session.description) && session.utf8.count < bench.cookie.utf8.count,
            "the public half alone")
    }

    @Test("A logout clears the cookie, withdraws the session and notifies the watchers") func logsOut() throws {
        let bench = try CookieBench()
        let looks = Mutex(0)
        bench.scheme.watchStatuses { looks.withLock { $0 += 1 } }
        let principal = try bench.scheme.authenticate(bench.request())
        #expect(bench.scheme.status(of: principal) == .good)
        let answer = try bench.scheme.call(.delete, "/session", as: principal)
        #expect(answer.status == 204)
        #expect(answer.header("set-cookie")?.hasPrefix("__Host-tandem-session=; Path=/; Max-Age=0") == true)
        #expect(bench.scheme.refusal(of: bench.request())?.kind == .withdrawn)
        #expect(bench.scheme.status(of: principal) == .withdrawn)
        #expect(looks.withLock { $0 } == 1, "loops look at once")
        #expect(bench.scheme.status(of: CookieBench.alice) == .good, "what is of no session is not ours to end")
    }

    @Test("A session can ask for its CSRF token again, and makes no further session") func tellsTheTokenAgain() throws {
        let bench = try CookieBench()
        let principal = try bench.scheme.authenticate(bench.request())
        let answer = try bench.scheme.call(.get, "/session", as: principal)
        #expect(answer.status == 200)
        #expect(try answer.member("csrfToken") == bench.csrfToken)
        #expect(answer.header("set-cookie") == nil)
        for method in [CredentialEndpoint.Method.get, .delete] {
            #expect(try bench.scheme.call(method, "/session", as: CookieBench.alice).status == 404)
        }
        // A session makes no further session: it would outlive its own logout.
        #expect(try bench.scheme.call(.post, "/session", as: principal).status == 403)
    }

    @Test("Sessions beyond the limit are refused with 503 until others have ended") func sessionsAreBounded() throws {
        let bench = try CookieBench(lifetime: 60, limit: 3)
        for status in [201, 201, 503] {
            #expect(try bench.scheme.call(.post, "/session", as: CookieBench.alice).status == status)
        }
        // Those that have ended make room.
        bench.clock.advance(by: .seconds(60))
        for status in [201, 201, 201, 503] {
            let answer = try bench.scheme.call(.post, "/session", as: CookieBench.alice)
            #expect(answer.status == status)
            #expect((answer.header("retry-after") != nil) == (status == 503))
        }
    }

    // MARK: CSRF

    @Test("An unsafe request needs the session's CSRF token, and a permitted origin")
    func unsafeRequestsNeedTheToken() throws {
        let bench = try CookieBench()
        var request = bench.request()
        request.isUnsafe = true
        let other = try CookieBench()
        for (what, token, isGood) in [
            ("absent", nil, false), ("empty", "", false), ("wrong", other.csrfToken, false),
            ("cut", String(bench.csrfToken.dropLast(4)), false), ("the cookie itself", bench.cookie, false),
            ("longer", bench.csrfToken + "AAAA", false), ("not base64url", bench.csrfToken + "=", false),
            ("right", bench.csrfToken, true),
        ] as [(String, String?, Bool)] {
            request.headers["x-csrf-token"] = token
            let failure = bench.scheme.refusal(of: request)
            #expect(failure?.kind == (isGood ? nil : .crossSite), "\(what)")
            #expect(failure == nil || failure?.status == 403)
        }
        // Even with the token, a page of elsewhere is refused.
        request.headers["origin"] = "https://evil.example"
        #expect(bench.scheme.refusal(of: request)?.kind == .crossSite)
    }
}
