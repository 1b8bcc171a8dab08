import Authentication
import Clocks
import Foundation
import Glibc
import OrderUpdates
import Synchronization
import Testing
import TransportCore

@Suite struct TicketSchemeTests {
    private static let alice = Principal(
        subject: "alice", scopes: [.read], expires: TokenBench.now + 600, credential: CredentialIdentity(id: "t1"))

    private let clock = ManualClock()

    private func scheme(limit: Int = 100, limitPerSubject: Int = 100, lifetime: Duration = .seconds(30)) -> TicketScheme
    {
        var settings = TicketScheme.Settings()
        (settings.limit, settings.limitPerSubject, settings.lifetime) = (limit, limitPerSubject, lifetime)
        return TicketScheme(settings, transports: [.sse, .websocket, .polling], clock: clock)
    }

    private func issue(
        _ scheme: TicketScheme, for transport: TransportName = .sse, _ orders: [String] = ["a"],
        subject: Subject = "alice"
    ) throws -> String {
        var principal = Self.alice
        principal.subject = subject
        let names = orders.map { "\"\($0)\"" }.joined(separator: ",")
        let answer = try scheme.call(
            .post, "/tickets", as: principal, body: #"{"transport":"\#(transport)","orders":[\#(names)]}"#)
        try #require(answer.status == 201)
        #expect(answer.header("cache-control") == "no-store")
        return try answer.member("ticket")
    }

    private func request(_ tickets: String..., over transport: TransportName? = .sse, of orders: [String] = ["a"])
        -> Handshake
    {
        var request = Handshake()
        request.parameters["ticket"] = tickets
        request.target = HandshakeTarget(transport: transport, orders: orders.map { OrderName($0) })
        return request
    }

    @Test("A ticket opens one request, in the name of its owner and for its orders") func opensOneRequest() throws {
        let scheme = scheme()
        let ticket = try issue(scheme)
        let principal = try scheme.authenticate(request(ticket))
        #expect(principal.subject == "alice" && principal.orders == [OrderID("a")!])
        #expect(principal.expires == Self.alice.expires && principal.credential == Self.alice.credential)
        #expect(scheme.refusal(of: request(ticket))?.kind == .withdrawn, "the second use")
        #expect(scheme.refusal(of: request(ticket))?.status == 401)
    }

    /// What two threads that race share.
    private final class Race: Sendable {
        private let arrived = Atomic(0)
        private let won: Mutex<[Int]>

        init(rounds: Int) { won = Mutex([Int](repeating: 0, count: rounds)) }

        /// Returns when both stand at the same round.
        func meet(_ round: Int) {
            arrived.add(1, ordering: .sequentiallyConsistent)
            while arrived.load(ordering: .sequentiallyConsistent) < 2 * (round + 1) { sched_yield() }
        }

        func win(_ round: Int) { won.withLock { $0[round] += 1 } }
        var wins: [Int] { won.withLock { $0 } }
    }

    @Test("Of two threads that present one ticket at the same time, exactly one is let in")
    func ofTwoRacingUsesOneWins() async throws {
        let scheme = scheme(limit: 1_000, limitPerSubject: 1_000)
        let requests = try (0..<1_000).map { _ in request(try issue(scheme)) }
        let race = Race(rounds: requests.count)
        let threads = (0..<2).map { _ in
            Thread {
                for (round, request) in requests.enumerated() {
                    race.meet(round)
                    if scheme.refusal(of: request) == nil { race.win(round) }
                }
            }
        }
        for thread in threads { thread.start() }
        while threads.contains(where: { !$0.isFinished }) { try await Task.sleep(for: .milliseconds(1)) }
        #expect(race.wins == [Int](repeating: 1, count: requests.count))
    }

    @Test(
        "A ticket is refused and used up by a request for another transport or other orders",
        arguments: [
            // For another transport, another order, more orders, fewer, in another sequence; for no transport's request at all.
            (.websocket, ["a", "b"]), (.polling, ["a", "b"]), (.sse, ["a"]), (.sse, ["a", "c"]),
            (.sse, ["a", "b", "c"]),
            (.sse, ["b", "a"]), (nil, ["a", "b"]), (nil, []),
        ] as [(TransportName?, [String])])
    func anotherUseIsRefusedAndUsesItUp(transport: TransportName?, orders: [String]) throws {
        let scheme = scheme()
        let ticket = try issue(scheme, for: .sse, ["a", "b"])
        #expect(scheme.refusal(of: request(ticket, over: transport, of: orders))?.kind == .wrongClaims)
        #expect(scheme.refusal(of: request(ticket, of: ["a", "b"]))?.kind == .withdrawn, "it has been seen by others")
    }

    @Test("A socket that names its orders in messages reaches only those of its ticket")
    func aSocketWithoutAnOrderIsHeldToTheTickets() throws {
        let scheme = scheme()
        let principal = try scheme.authenticate(
            request(try issue(scheme, for: .websocket, ["a", "b"]), over: .websocket, of: []))
        #expect(principal.reaches(OrderID("b")!, of: "alice") && !principal.reaches(OrderID("c")!, of: "alice"))
    }

    @Test("A ticket expires after its lifetime") func expires() throws {
        let scheme = scheme(lifetime: .seconds(5))
        let tickets = [try issue(scheme), try issue(scheme)]
        clock.advance(by: .seconds(5) - .nanoseconds(1))
        #expect(scheme.refusal(of: request(tickets[0])) == nil)
        clock.advance(by: .nanoseconds(1))
        #expect(scheme.refusal(of: request(tickets[1]))?.kind == .expired)
        #expect(scheme.refusal(of: request(tickets[1]))?.kind == .withdrawn)
    }

    @Test("What is no ticket, or is two of them, is refused and uses no ticket up")
    func refusesWhatIsNoTicket() throws {
        let scheme = scheme()
        let ticket = try issue(scheme)
        let flipped = String(ticket.dropLast()) + (ticket.last == "A" ? "B" : "A")
        for (tickets, kind) in [
            ([], AuthenticationFailure.Kind.missing), ([""], .malformed), (["x"], .malformed),
            ([String(ticket.dropLast())], .malformed), ([ticket + "A"], .malformed),
            // The right name with another secret does not use the ticket up, or strangers could.
            ([flipped], .withdrawn), ([ticket, ticket], .ambiguous), ([ticket, "x"], .ambiguous),
        ] {
            var request = request()
            request.parameters["ticket"] = tickets
            #expect(scheme.isPresented(by: request) == !tickets.isEmpty)
            #expect(scheme.refusal(of: request)?.kind == kind, "\(tickets.count): \(kind)")
        }
        #expect(scheme.refusal(of: request(ticket)) == nil)
    }

    @Test(
        "A request for a ticket whose body is malformed is refused, and told the transports",
        arguments: [
            "", "{", "{}", #"{"transport":"sse"}"#, #"{"orders":["a"]}"#, #"{"transport":"sse","orders":[]}"#,
            #"{"transport":"pigeon","orders":["a"]}"#, #"{"transport":"long-polling","orders":["a"]}"#,
            #"{"transport":"sse","orders":["a/b"]}"#, #"{"transport":"sse","orders":[""]}"#,
            #"{"transport":"sse","orders":["."]}"#, #"{"transport":"sse","orders":["a",".."]}"#,
            #"{"transport":"sse","orders":"a"}"#,
            // What waits is bounded in every part.
            "{\"transport\":\"sse\",\"orders\":[\"\(String(repeating: "a", count: 129))\"]}",
            "{\"transport\":\"sse\",\"orders\":[\(Array(repeating: "\"a\"", count: 65).joined(separator: ","))]}",
        ])
    func refusesOtherBodies(body: String) throws {
        let answer = try scheme().call(.post, "/tickets", as: Self.alice, body: body)
        #expect(answer.status == 400)
        #expect(answer.detail.contains("polling, sse, websocket"))
    }

    @Test("Tickets are limited per subject and in all, and a use or an expiry makes room") func areBounded() throws {
        let scheme = scheme(limit: 5, limitPerSubject: 3)
        let body = #"{"transport":"sse","orders":["a"]}"#
        func status(_ subject: Subject) throws -> Int {
            var principal = Self.alice
            principal.subject = subject
            return try scheme.call(.post, "/tickets", as: principal, body: body).status
        }
        let first = try issue(scheme)
        for expected in [201, 201, 429, 429] { #expect(try status("alice") == expected, "of one subject") }
        for expected in [201, 201, 429] { #expect(try status("bob") == expected, "of all") }
        // A use makes room, for whoever comes first.
        #expect(scheme.refusal(of: request(first)) == nil)
        for expected in [201, 429] { #expect(try status("bob") == expected) }
        #expect(try scheme.call(.post, "/tickets", as: Self.alice, body: body).header("retry-after") != nil)
        // What has expired makes room for all of it.
        clock.advance(by: .seconds(30))
        for expected in [201, 201, 201, 429] { #expect(try status("alice") == expected) }
        for expected in [201, 201, 429] { #expect(try status("bob") == expected) }
    }

    @Test("The answer says how long a ticket lives, and asking for one needs the scope to read")
    func tellsTheLifetime() throws {
        let scheme = scheme(lifetime: .seconds(7))
        let answer = try scheme.call(.post, "/tickets", as: Self.alice, body: #"{"transport":"sse","orders":["a"]}"#)
        #expect(try answer.member("lifetime", Int.self) == 7)
        #expect(scheme.endpoints.map(\.scope) == [.read], "a ticket is no way around a scope")
    }
}
