import OrderUpdates
import Testing
import TransportCore

/// When a session stops, and when it comes back.
@Suite struct SessionStopTests {
    static let backingOff = ["exponential", "full-jitter", "decorrelated-jitter"]

    /// RFC 9110, section 15; RFC 8470 (425), RFC 6585 (429).
    @Test(
        "A status ends a session, or does not",
        arguments: [
            (204, true), (301, true), (400, true), (401, true), (403, true), (404, true), (410, true), (501, true),
            (505, true), (408, false), (425, false), (429, false), (500, false), (502, false), (503, false),
            (504, false),
        ])
    func knowsFinalStatuses(_ status: Int, isFinal: Bool) {
        for policy in Self.backingOff {
            var bench = SessionBench(policy)
            bench.put(.start)
            let expected: StopCause? = !isFinal ? nil : status == 204 ? .noContent : .refused(status: status)
            let actions = bench.put(.closed(.refused(status: status, retryAfter: nil)))
            #expect(actions == (expected.map { [.stopped($0)] } ?? []))
            #expect(bench.machine.stop == expected)
        }
    }

    @Test("A close reason ends a session where it says so", arguments: CloseReason.all)
    func heedsCloseReasons(_ reason: CloseReason) {
        for policy in Self.backingOff {
            var bench = SessionBench(policy)
            bench.goLive(at: at(1))
            bench.put(.closed(.reason(reason)))
            #expect(bench.machine.stop == (reason.reconnect ? nil : .reason(reason)))
            #expect(bench.machine.counters.uselessRetries == 0)
        }
    }

    @Test("200 with another type than an event stream is the end of it")
    func refusesOtherTypes() {
        for policy in Self.backingOff + ["event-source"] {
            var bench = SessionBench(policy)
            bench.put(.start)
            #expect(bench.put(.closed(.notAStream(contentType: "text/html"))) == [.stopped(.wrongContentType)])
        }
    }

    @Test("The loop that does not listen comes back to everything, and each time is counted")
    func countsUselessRetries() {
        var bench = SessionBench("fixed")
        bench.put(.start)
        for cause: ClosedCause in [
            .refused(status: 401, retryAfter: nil), .reason(.credentialRevoked), .notAStream(contentType: "text/html"),
            .refused(status: 204, retryAfter: nil),
        ] {
            #expect(bench.put(.closed(cause)) == [])
            #expect(bench.wait == .seconds(1))
            #expect(bench.awaitTimer() == [.connect(after: nil)])
        }
        bench.put(.closed(.refused(status: 503, retryAfter: 30)))
        #expect(bench.wait == .seconds(1))
        bench.awaitTimer()
        #expect(bench.machine.counters.uselessRetries == 4 && bench.machine.counters.attempts == 6)
    }

    @Test("A budget of attempts in a row, which a connection that lasts renews")
    func spendsItsBudget() {
        var bench = SessionBench("exponential") { $0.retryBudget = 3 }
        bench.put(.start)
        bench.put(.closed(.ended))
        bench.awaitTimer()
        // Accepted, but not for long: the third attempt is still the last.
        bench.put(.opened)
        bench.put(.closed(.ended), after: .seconds(9))
        bench.awaitTimer()
        #expect(bench.put(.closed(.failed("refused"))) == [.stopped(.retriesExhausted)])

        var lasting = SessionBench("exponential") { $0.retryBudget = 1 }
        lasting.goLive(at: at(1))
        lasting.put(.closed(.ended), after: .seconds(10))
        #expect(lasting.awaitTimer() == [.connect(after: at(1))])
        #expect(lasting.put(.closed(.ended)) == [.stopped(.retriesExhausted)])
    }

    @Test("No attempt begins later than the time after which a session gives up")
    func givesUp() {
        var bench = SessionBench("fixed") { $0.giveUpAfter = .seconds(3) }
        bench.goLive(at: at(1))
        bench.put(.closed(.ended), after: .seconds(60))
        for _ in 0..<3 {
            #expect(bench.awaitTimer() == [.connect(after: at(1))])
            if bench.machine.counters.attempts < 4 { bench.put(.closed(.ended)) }
        }
        #expect(bench.put(.closed(.ended)) == [.stopped(.gaveUp)])
        #expect(bench.machine.counters.attempts == 4)
    }

    @Test("A stop by the owner needs no connection to be closed while there is none")
    func stopsWhileItWaits() {
        var bench = SessionBench("exponential")
        bench.put(.start)
        bench.put(.closed(.ended))
        #expect(bench.put(.stop) == [.stopped(.byOwner)])
        var closed = SessionBench("exponential")
        closed.goLive(at: at(1))
        #expect(closed.put(.closed(.byClient)) == [.stopped(.byOwner)])
    }
}
