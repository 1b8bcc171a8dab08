import Clocks
import OrderUpdates
import Testing
import TransportCore
import Transports

/// Streams open at a rate, and who finds no room is told when to come.
@Suite(.ownThreads) struct OpeningRateTests {
    private func instant(_ seconds: Double) -> MonotonicInstant { MonotonicInstant(nanoseconds: Int64(seconds * 1e9)) }

    @Test("A second's worth of streams opens at once, and the others are told their turn")
    func aSecondsWorthOpensAtOnce() {
        var pacer = OpeningPacer(rate: 3, at: instant(0))
        for _ in 0..<3 {
            #expect(pacer.refusal(at: instant(0)) == nil)
            pacer.open()
        }
        // The line: three a second, each told its turn.
        #expect((0..<7).map { _ in pacer.refusal(at: instant(0)) } == [1, 1, 1, 2, 2, 2, 3])
        // After a third of a second there is room for one.
        #expect(pacer.refusal(at: instant(0.34)) == nil)
        pacer.open()
        // The line is one shorter too.
        #expect(pacer.refusal(at: instant(0.34)) == 2)
        // Unused room does not add up.
        #expect(pacer.refusal(at: instant(100)) == nil)
        for _ in 0..<3 { pacer.open() }
        #expect(pacer.refusal(at: instant(100)) == 1)
    }

    @Test("The time to wait has a bound") func nobodyIsToldToWaitForEver() {
        var pacer = OpeningPacer(rate: 1, at: instant(0))
        pacer.open()
        let waits = (0..<10_000).map { _ in pacer.refusal(at: instant(0)) }
        #expect(waits.last == OpeningPacer.longestWait)
    }

    /// In virtual time; the clients heed Retry-After.
    @Test(
        "A storm of clients comes back within twice the time that the rate allows",
        arguments: [(10_000, 1_000), (1_000, 10), (777, 50)])
    func aStormComesBackAtTheRate(count: Int, rate: Int) {
        var pacer = OpeningPacer(rate: rate, at: instant(0))
        // By second: how many come.
        var arrivals: [Int: Int] = [0: count]
        var (second, opened, refused) = (0, 0, 0)
        while opened < count {
            guard second < 2 * count / rate + 2 else {
                Issue.record("\(opened) of \(count) are back after \(second) s")
                return
            }
            var openedNow = 0
            for _ in 0..<(arrivals[second] ?? 0) {
                if let wait = pacer.refusal(at: instant(Double(second))) {
                    arrivals[second + wait, default: 0] += 1
                    refused += 1
                } else {
                    pacer.open()
                    openedNow += 1
                }
            }
            #expect(openedNow <= rate)
            opened += openedNow
            second += 1
        }
        #expect(refused <= count)
    }

    /// Opens streams until one is refused: with one a second that is soon.
    private func refusal(of path: String, _ headers: [String], _ test: TestServer) throws -> (
        answer: String, kept: [RawClient]
    ) {
        var kept: [RawClient] = []
        while kept.count < 50 {
            let client = try RawClient(test.endpoint)
            client.get(path, headers: headers)
            let answer = try client.read(until: "\r\n\r\n")
            if answer.contains(" 503 ") { return (answer, kept) }
            kept.append(client)
        }
        Issue.record("50 streams have opened")
        return ("", kept)
    }

    @Test(
        "Streams are refused beyond the rate, and polls are not",
        arguments: ["/orders/a/events", "/events?order=a", "/orders/a/socket"])
    func streamsAreRefusedAndPollsAreNot(path: String) async throws {
        let test = try TestServer { $0.limits.acceptRate = 1 }
        let (answer, kept) = try refusal(of: path, path.hasSuffix("socket") ? webSocketHeaders : [], test)
        #expect(answer.lowercased().contains("retry-after: "))
        #expect(!kept.isEmpty)
        let poller = try RawClient(test.endpoint)
        for _ in 0..<20 {
            poller.get("/orders/a")
            try poller.read(until: "HTTP/1.1 200")
        }
        await test.server.stop()
    }

    @Test("A client without a credential takes nobody's turn") func onlyWhoIsAdmittedTakesATurn() async throws {
        let test = try TestServer(auth: NamedTokens()) { $0.limits.acceptRate = 5 }
        for _ in 0..<50 {
            let stranger = try RawClient(test.endpoint)
            stranger.get("/orders/a/events")
            try stranger.read(until: "HTTP/1.1 401")
        }
        let alice = try RawClient(test.endpoint)
        alice.get("/orders/a/events", headers: ["Authorization: Bearer alice"])
        try alice.read(until: "order.snapshot")
        await test.server.stop()
    }
}
