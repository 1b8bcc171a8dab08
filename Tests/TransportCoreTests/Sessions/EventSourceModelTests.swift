import OrderUpdates
import Testing
import TransportCore

/// The native EventSource, rule by rule (WHATWG HTML, section 9.2).
@Suite struct EventSourceModelTests {
    /// FIELD, pain 12: a balancer that answers 502 or 503 for a while kills it.
    @Test("Any answer but 200 fails the connection for good", arguments: [301, 400, 401, 403, 404, 429, 500, 502, 503])
    func stopsAtAnyStatus(_ status: Int) {
        var bench = SessionBench("event-source")
        bench.goLive(at: at(4))
        bench.put(.closed(.ended))
        bench.awaitTimer()
        let actions = bench.put(.closed(.refused(status: status, retryAfter: 1)))
        #expect(actions == [.stopped(.refused(status: status))])
    }

    @Test("204 tells it to stop")
    func stopsAtNoContent() {
        var bench = SessionBench("event-source")
        bench.put(.start)
        #expect(bench.put(.closed(.refused(status: 204, retryAfter: nil))) == [.stopped(.noContent)])
    }

    @Test("A network error is no end, at the first attempt neither; the wait does not grow")
    func comesBackAfterNetworkErrors() {
        var bench = SessionBench("event-source")
        bench.put(.start)
        for _ in 0..<6 {
            bench.put(.closed(.failed("connection refused")))
            #expect(bench.wait == .seconds(3))
            #expect(bench.awaitTimer() == [.connect(after: nil)])
        }
    }

    @Test("The end of a stream is a reason to come back")
    func comesBackAfterTheEnd() {
        var bench = SessionBench("event-source")
        bench.goLive(at: at(4))
        bench.put(.closed(.ended))
        #expect(bench.awaitTimer() == [.connect(after: at(4))])
    }

    @Test("`retry:` sets the wait, for this end and all that follow")
    func takesTheReconnectionTime() {
        var bench = SessionBench("event-source")
        bench.open()
        for (asked, wait) in [(750, 750), (0, 500)] {
            bench.put(.retry(milliseconds: asked))
            for _ in 0..<3 {
                bench.put(.closed(.ended))
                #expect(bench.wait == .milliseconds(wait))
                bench.open()
            }
        }
        bench.put(.retry(milliseconds: 40_000))
        bench.put(.closed(.ended))
        #expect(bench.wait == .seconds(40))
    }

    @Test("The last id is kept over all failures")
    func keepsTheLastEventID() {
        var bench = SessionBench("event-source")
        bench.goLive(at: at(4))
        for _ in 0..<4 {
            bench.put(.closed(.failed("reset")))
            #expect(bench.awaitTimer() == [.connect(after: at(4))])
        }
    }

    @Test("A close event means nothing to it: it comes back even where it is told not to, which is counted")
    func doesNotKnowCloseEvents() {
        var bench = SessionBench("event-source")
        bench.goLive(at: at(4))
        bench.put(.closed(.reason(.draining.after(milliseconds: 60_000))))
        #expect(bench.wait == .seconds(3))
        bench.open()
        #expect(bench.machine.counters.uselessRetries == 0)
        bench.put(.closed(.reason(.credentialRevoked)))
        #expect(bench.awaitTimer() == [.connect(after: at(4))])
        #expect(bench.machine.counters.uselessRetries == 1)
        #expect(
            bench.put(.closed(.refused(status: 401, retryAfter: nil))) == [.stopped(.refused(status: 401))])
    }

    /// FIELD, pain 11: nothing of its own notices a half-open connection.
    @Test("It waits for ever on a connection that is dead")
    func doesNotNoticeADeadConnection() {
        var bench = SessionBench("event-source")
        bench.goLive(at: at(4))
        #expect(bench.wait == nil)
        #expect(bench.put(.timer, after: .seconds(86_400)) == [])
        #expect(bench.machine.phase == .live)
    }

    @Test("It sends its last id though the page fetches the state, and cannot do without")
    func resumesWhateverThePageDoes() {
        var bench = SessionBench("event-source", .refetch)
        bench.put(.start)
        #expect(bench.put(.opened) == [.refetch])
        bench.put(.snapshot(at(4)))
        bench.put(.closed(.ended))
        #expect(bench.awaitTimer() == [.connect(after: at(4))])
        for recovery in RecoveryStrategy.allCases {
            let rejection = SessionPolicy.named("event-source", recovery: recovery)!.rejection
            #expect((rejection != nil) == (recovery == .snapshot))
            #expect(SessionPolicy.named("full-jitter", recovery: recovery)!.rejection == nil)
        }
    }
}
