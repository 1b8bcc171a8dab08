import Clocks
import OrderUpdates
import Testing
import TransportCore

/// What all sessions have in common, whatever their policy.
@Suite struct SessionLifeTests {
    @Test("A session passes through its phases, and no action is missing or too many", arguments: SessionPolicy.names)
    func goesThroughItsPhases(_ policy: String) {
        var bench = SessionBench(policy)
        #expect(bench.machine.phase == .waiting && bench.machine.deadline == nil)
        #expect(bench.put(.start) == [.connect(after: nil)])
        #expect(bench.machine.phase == .connecting)
        #expect(bench.put(.connected) == [])
        #expect(bench.machine.phase == .authenticating)
        #expect(bench.put(.opened) == [])
        #expect(bench.machine.phase == .replaying)
        #expect(bench.put(.heartbeat) == [])
        #expect(bench.machine.phase == .replaying, "a heartbeat is no state")
        #expect(bench.put(.snapshot(at(3))) == [.deliver])
        #expect(bench.machine.phase == .live)
        #expect(bench.put(.update(at(4))) == [.deliver])
        #expect(bench.put(.closed(.ended)) == [])
        #expect(bench.machine.phase == .waiting)
        #expect(bench.awaitTimer() == [.connect(after: at(4))])
        bench.put(.opened)
        #expect(bench.put(.heartbeat) == [], "nothing was missed")
        #expect(bench.machine.phase == .live)
        #expect(bench.put(.stop) == [.disconnect, .stopped(.byOwner)])
        #expect(bench.machine.phase == .stopped && bench.machine.deadline == nil)
        #expect(bench.put(.start) + bench.put(.timer) + bench.put(.update(at(5))) == [])
        #expect(bench.machine.counters.attempts == 2 && bench.machine.counters.drops == 1)
    }

    @Test("A timer that comes early changes nothing")
    func ignoresEarlyTimers() {
        var bench = SessionBench("exponential")
        bench.goLive(at: at(1))
        #expect(bench.put(.timer, after: .seconds(29)) == [])
        bench.put(.closed(.ended))
        #expect(bench.put(.timer, after: .milliseconds(999)) == [])
        #expect(bench.machine.phase == .waiting)
        #expect(bench.put(.timer, after: .milliseconds(1)) == [.connect(after: at(1))])
    }

    /// FIELD, pain 16.
    @Test("A heartbeat does not move the cursor", arguments: SessionPolicy.names)
    func heartbeatsKeepTheCursor(_ policy: String) {
        var bench = SessionBench(policy)
        bench.goLive(at: at(5))
        for _ in 0..<3 { bench.put(.heartbeat, after: .seconds(1)) }
        #expect(bench.machine.cursor == at(5))
    }

    /// FIELD, pain 17.
    @Test("A second drop before the first event keeps the cursor", arguments: SessionPolicy.names)
    func earlyDropsKeepTheCursor(_ policy: String) {
        var bench = SessionBench(policy)
        bench.goLive(at: at(5))
        // Accepted and dropped; not accepted; and cut on the way.
        for inputs: [SessionInput] in [[.connected, .opened], [.connected], []] {
            bench.put(.closed(.failed("reset")))
            #expect(bench.awaitTimer() == [.connect(after: at(5))])
            for input in inputs { bench.put(input) }
        }
        if policy != "event-source" {
            bench.put(.closed(.refused(status: 503, retryAfter: nil)))
            #expect(bench.awaitTimer() == [.connect(after: at(5))])
        }
    }

    /// FIELD, pain 11.
    @Test("A connection on which nothing is heard ends, after the time that is set and not before")
    func missedHeartbeatsEndAConnection() {
        var bench = SessionBench("full-jitter") { $0.livenessTimeout = .seconds(20) }
        bench.goLive(at: at(1))
        for input: SessionInput in [.heartbeat, .update(at(2)), .retry(milliseconds: 500), .snapshot(at(3))] {
            bench.put(input, after: .seconds(19))
            #expect(bench.wait == .seconds(20))
        }
        #expect(bench.put(.timer, after: .seconds(20)) == [.disconnect])
        #expect(bench.machine.phase == .waiting && bench.machine.counters.livenessTimeouts == 1)
        // An accepted connection that never says a word is dead, too.
        bench.open()
        #expect(bench.machine.phase == .replaying)
        #expect(bench.put(.timer, after: .seconds(20)) == [.disconnect])
    }

    @Test("A connection that does not come about is given up, at either step")
    func connectsInTime() {
        for isConnected in [false, true] {
            var bench = SessionBench("exponential") { $0.connectTimeout = .seconds(4) }
            bench.put(.start)
            if isConnected { bench.put(.connected, after: .seconds(3)) }
            #expect(bench.awaitTimer() == [.disconnect])
            #expect(bench.machine.phase == .waiting)
            #expect(bench.machine.counters.connectTimeouts == 1 && bench.machine.counters.failures == 1)
        }
    }

    @Test("What a policy leaves unbounded has no timer")
    func canDoWithoutTimers() {
        var bench = SessionBench("exponential") {
            $0.connectTimeout = nil
            $0.livenessTimeout = nil
        }
        bench.put(.start)
        #expect(bench.wait == nil)
        bench.goLive(at: at(1))
        #expect(bench.wait == nil)
    }

    @Test("Sessions of one policy share it, and differ in their seeds alone")
    func shareAPolicy() {
        let first = SessionBench("full-jitter").machine
        func waits(_ machine: SessionStateMachine) -> [Int64] {
            var machine = machine
            var now = MonotonicInstant(nanoseconds: 0)
            _ = machine.handle(.start, at: now)
            return (0..<8).map { _ in
                _ = machine.handle(.closed(.ended), at: now)
                let wait = now.duration(to: machine.deadline!)
                now = machine.deadline!
                _ = machine.handle(.timer, at: now)
                return wait.nanoseconds
            }
        }
        #expect(waits(first.another(randomSeed: 1)) == waits(first))
        #expect(waits(first.another(randomSeed: 2)) != waits(first))
    }
}
