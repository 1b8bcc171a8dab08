import OrderUpdates
import Testing
import TransportCore

/// What each strategy delivers, declares and asks for.
@Suite struct SessionRecoveryTests {
    /// FIELD, pain 14: the cut comes amid the publishing.
    @Test("A resumed stream goes on after the last update that came")
    func resumes() {
        for recovery in [RecoveryStrategy.replay, .replayOrSnapshot] {
            var bench = SessionBench("exponential", recovery)
            bench.goLive(at: at(1))
            bench.put(.update(at(2)))
            bench.put(.closed(.failed("reset")))
            #expect(bench.awaitTimer() == [.connect(after: at(2))])
            bench.open()
            #expect(bench.put(.update(at(3))) == [.deliver])
            #expect(bench.put(.update(at(4))) == [.deliver])
            #expect(bench.machine.counters.positionsLost == 0)
        }
    }

    /// FIELD, pain 15: an update overtakes the replay, or the replay repeats it.
    @Test("What is no newer than what was delivered is dropped, and does not move the cursor back")
    func dropsWhatIsOld() {
        var bench = SessionBench("exponential")
        bench.goLive(at: at(5))
        #expect(bench.put(.update(at(4))) == [])
        #expect(bench.put(.update(at(5))) == [])
        #expect(bench.machine.cursor == at(5) && bench.machine.counters.stale == 2)
        #expect(bench.put(.update(at(6))) == [.deliver])
    }

    @Test("A browser's id follows what came last, though the page drops what is old")
    func keepsTheBrowsersIdApart() {
        var bench = SessionBench("event-source")
        bench.goLive(at: at(5))
        #expect(bench.put(.update(at(4))) == [])
        #expect(bench.machine.cursor == at(4) && bench.machine.shown == at(5))
    }

    @Test("A lost position is declared once, and the snapshot that follows is taken, though it lies behind")
    func fallsBackToTheSnapshot() {
        var bench = SessionBench("exponential")
        bench.goLive(at: at(5))
        bench.put(.closed(.ended))
        bench.open()
        #expect(bench.put(.positionLost) == [.declareLoss])
        #expect(bench.machine.phase == .replaying && bench.machine.cursor == nil)
        #expect(bench.put(.positionLost) == [])
        #expect(bench.put(.heartbeat) == [])
        #expect(bench.machine.phase == .replaying, "the state is still missing")
        #expect(bench.put(.snapshot(at(2))) == [.deliver])
        #expect(bench.put(.update(at(3))) == [.deliver])
        #expect(bench.machine.cursor == at(3) && bench.machine.counters.positionsLost == 1)
    }

    @Test("A drop between the loss and its snapshot is not a second loss")
    func declaresALossOnce() {
        for policy in ["exponential", "event-source"] {
            var bench = SessionBench(policy)
            bench.goLive(at: at(5))
            bench.put(.closed(.ended))
            bench.open()
            #expect(bench.put(.positionLost) == [.declareLoss])
            bench.put(.closed(.ended))
            // The browser cannot take its id back.
            #expect(bench.awaitTimer() == [.connect(after: policy == "event-source" ? at(5) : nil)])
            bench.put(.opened)
            if policy == "event-source" { #expect(bench.put(.positionLost) == []) }
            #expect(bench.put(.snapshot(at(9))) == [.deliver])
            #expect(bench.machine.phase == .live && bench.machine.counters.positionsLost == 1)
        }
    }

    @Test("Replay alone stops at a loss, and says so")
    func stopsAtALoss() {
        var bench = SessionBench("exponential", .replay)
        bench.goLive(at: at(5))
        bench.put(.closed(.ended))
        bench.open()
        #expect(bench.put(.positionLost) == [.declareLoss, .disconnect, .stopped(.positionLost)])
        #expect(bench.machine.stop == .positionLost)
    }

    @Test("A server that does not resume has lost the position, though it does not say so")
    func noticesAnIgnoredPosition() {
        var bench = SessionBench("exponential")
        bench.goLive(at: at(5))
        bench.put(.closed(.ended))
        bench.open()
        #expect(bench.put(.snapshot(at(9))) == [.declareLoss, .deliver])
        #expect(bench.machine.cursor == at(9))

        var strict = SessionBench("exponential", .replay)
        strict.goLive(at: at(5))
        strict.put(.closed(.ended))
        strict.open()
        #expect(strict.put(.snapshot(at(1, epoch: 8))) == [.declareLoss, .disconnect, .stopped(.positionLost)])

        // Nothing was skipped.
        for (offset, delivered) in [(5, []), (6, [SessionAction.deliver])] as [(UInt64, [SessionAction])] {
            var bench = SessionBench("exponential")
            bench.goLive(at: at(5))
            bench.put(.closed(.ended))
            bench.open()
            #expect(bench.put(.snapshot(at(offset))) == delivered)
        }
    }

    @Test("By snapshot each connection begins afresh, and the server's state is taken as it is")
    func beginsAfresh() {
        var bench = SessionBench("exponential", .snapshot)
        bench.goLive(at: at(5))
        #expect(bench.put(.update(at(6))) == [.deliver])
        bench.put(.closed(.ended))
        #expect(bench.awaitTimer() == [.connect(after: nil)])
        bench.put(.opened)
        #expect(bench.put(.snapshot(at(6))) == [], "nothing new")
        #expect(bench.machine.phase == .live)
        bench.put(.closed(.ended))
        bench.open()
        #expect(bench.put(.snapshot(at(2))) == [.deliver], "the server came back without the end of its log")
        #expect(bench.put(.update(at(3))) == [.deliver])
    }

    @Test("Without positions everything is delivered, and nothing is resumed")
    func worksWithoutPositions() {
        var bench = SessionBench("exponential")
        bench.open()
        #expect(bench.put(.snapshot(nil)) == [.deliver])
        #expect(bench.put(.update(nil)) == [.deliver])
        bench.put(.closed(.ended))
        #expect(bench.awaitTimer() == [.connect(after: nil)])
    }

    @Test("By re-fetch the state comes from a GET on each open and each update, never from the stream")
    func fetchesTheState() {
        var bench = SessionBench("exponential", .refetch)
        bench.put(.start)
        #expect(bench.put(.opened) == [.refetch])
        #expect(bench.put(.heartbeat) == [])
        #expect(bench.machine.phase == .replaying)
        #expect(bench.put(.refetched(at(3))) == [.deliver])
        #expect(bench.machine.phase == .live)
        #expect(bench.put(.update(at(4))) == [.refetch])
        #expect(bench.put(.refetched(at(4))) == [.deliver])
        #expect(bench.put(.positionLost) == [.refetch])
        #expect(bench.put(.refetched(at(4))) == [])
        bench.put(.closed(.ended))
        #expect(bench.awaitTimer() == [.connect(after: nil)])
        #expect(bench.put(.opened) == [.refetch])
    }

    @Test("What comes while a GET is on its way makes it be repeated: the answer may be older")
    func closesTheRace() {
        var bench = SessionBench("exponential", .refetch)
        bench.put(.start)
        bench.put(.opened)
        #expect(bench.put(.update(at(4))) == [])
        #expect(bench.put(.update(at(5))) == [])
        #expect(bench.put(.refetched(at(3))) == [.deliver, .refetch])
        #expect(bench.machine.phase == .replaying)
        #expect(bench.put(.refetched(at(5))) == [.deliver])
        #expect(bench.machine.phase == .live)
    }

    @Test("The answer to a GET of an earlier connection does not stand for the state after the next one has opened")
    func doesNotTrustAnEarlierAnswer() {
        var bench = SessionBench("exponential", .refetch)
        bench.put(.start)
        bench.put(.opened)
        bench.put(.closed(.failed("reset")))
        bench.awaitTimer()
        #expect(bench.put(.opened) == [], "a GET is on its way already")
        #expect(bench.put(.refetched(at(3))) == [.deliver, .refetch])
        #expect(bench.put(.refetched(at(7))) == [.deliver])
    }

    @Test("A GET that fails is made again, with backoff, while the connection stands")
    func fetchesAgain() {
        var bench = SessionBench("exponential", .refetch)
        bench.put(.start)
        bench.put(.opened)
        for seconds in [1, 2, 4] {
            #expect(bench.put(.refetched(nil)) == [])
            #expect(bench.wait == .seconds(seconds))
            bench.put(.heartbeat, after: .milliseconds(500))
            #expect(bench.awaitTimer() == [.refetch])
        }
        bench.put(.refetched(nil))
        bench.put(.closed(.ended))
        #expect(bench.awaitTimer() == [.connect(after: nil)], "no GET without a connection")
        #expect(bench.machine.counters.refetches == 4 && bench.machine.counters.failedRefetches == 4)
    }
}
