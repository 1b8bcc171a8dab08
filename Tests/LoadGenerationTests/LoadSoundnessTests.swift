import ExperimentModel
import LoadGeneration
import Measurement
import Testing

@Suite struct LoadSoundnessTests {
    /// Nil where the load is sound.
    private func rejection(
        _ change: (inout LoadResult) -> Void, of specify: (inout LoadSpecification) -> Void = { _ in }
    ) -> String? {
        let reasons = rejections(change, of: specify)
        return reasons.isEmpty ? nil : reasons.joined(separator: "\n")
    }

    private func rejections(
        _ change: (inout LoadResult) -> Void, of specify: (inout LoadSpecification) -> Void = { _ in }
    ) -> [String] {
        let latency = LatencySummary(histogram: SparseHistogram([.init(value: 1_000, count: 40)]))
        var result = LoadResult(
            connections: 2, connectSeconds: 0.1, measuredSeconds: 1, windowStartedAt: "2026-11-23T05:07:23Z",
            latency: .init(corrected: latency, uncorrected: latency), timeToFirstEvent: latency,
            ledger: LedgerSummary(expected: 40, delivered: 40),
            resources: ProcessResources(cpuUserSeconds: 0, cpuSystemSeconds: 0), busyFraction: 0.1,
            publishing: .init(updates: 20),
            traffic: .init(bytesReceived: nil, bytesSent: nil, requests: 0, stateReads: 0),
            slowReaders: .init(count: 0, cut: 0, positionsLost: 0), disconnections: 0, negativeLatencies: 0,
            unknownUpdates: 0, heartbeats: 0)
        change(&result)
        var specification = LoadSpecification(
            transport: "sse", load: LoadProfile(name: "a", connections: 2, orders: 1, updatesPerSecond: 20))
        specify(&specification)
        return LoadSoundness.rejections(to: result, of: specification)
    }

    @Test("A load whose deliveries all arrived is sound, and so is one that nobody published to")
    func acceptsWholeLoads() {
        #expect(rejection { _ in } == nil)
        #expect(rejection({ $0.ledger = LedgerSummary(expected: 40, delivered: 10, coalesced: 30) }) == nil)
        let idle = rejection(
            { ($0.ledger, $0.publishing.updates) = (LedgerSummary(), 0) }, of: { $0.publishing = .none })
        #expect(idle == nil)
    }

    @Test("Where nothing arrived the likely causes are said, the likeliest first", arguments: [false, true])
    func refusesSilence(isForeign: Bool) throws {
        let text = try #require(
            rejection({ $0.ledger = LedgerSummary(expected: 40, undelivered: 40) }) {
                if isForeign { $0.foreign = ForeignServer(subscribePath: "/s") }
            })
        #expect(text.hasPrefix("none of 40 deliveries arrived"))
        let causes =
            isForeign
            ? ["--target-url", "--time-pointer", "coding", "proxy_buffering"]
            : ["--orders", "coding", "proxy_buffering"]
        let places = causes.map { cause -> Int in
            let parts = text.split(separator: cause, maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 ? parts[0].count : -1
        }
        #expect(!places.contains(-1) && places == places.sorted(), "\(text)")
    }

    @Test("A single delivery that is owed and did not arrive makes a load unsound")
    func refusesOneLoss() {
        #expect(
            rejection { $0.ledger = LedgerSummary(expected: 40, delivered: 39, undelivered: 1) }?.hasPrefix("1 of 40")
                == true)
        #expect(
            rejection { $0.ledger = LedgerSummary(expected: 40, delivered: 39, lost: 1) }?.hasPrefix("1 of 40") == true)
    }

    @Test("Every reason is said, connections that ended first")
    func saysEveryReason() {
        let reasons = rejections {
            $0.disconnections = 10
            $0.firstDisconnection = "the server closed it: draining (1012)"
            $0.publishing.refused = 27
            $0.publishing.firstRefusal = "no connection to a:1: closed before established"
            $0.ledger = LedgerSummary(expected: 133, delivered: 43, undelivered: 90)
        }
        #expect(reasons.count == 3, "\(reasons)")
        #expect(reasons.first == "10 connections ended: the server closed it: draining (1012)")
        #expect(reasons.dropFirst().first?.hasPrefix("27 publications were refused") == true)
        #expect(reasons.last?.hasPrefix("90 of 133") == true && reasons.last?.contains("--drain") == false)
    }

    @Test(
        "A refused publication is said with what helps",
        arguments: [
            (409, "--publish elsewhere", false), (401, "--publisher-token", false), (403, "--publish-header", true),
        ])
    func helpsWithRefusals(status: Int, hint: String, isForeign: Bool) {
        let text = rejection({ ($0.publishing.refused, $0.publishing.firstRefusalStatus) = (1, status) }) {
            if isForeign { $0.foreign = ForeignServer(subscribePath: "/s") }
        }
        #expect(text?.contains(hint) == true, "\(text ?? "")")
    }

    @Test("Refused publications are counted from the warm-up on, which the heading's are not: both say so")
    func namesWhatRefusalsAreCounted() throws {
        var publishing = LoadResult.Publishing(updates: 40, refused: 27, firstRefusal: "status 409: no")
        publishing.refusedUpdates = 22
        let text = try #require(rejection { $0.publishing = publishing })
        #expect(text.hasPrefix("27 publications were refused or not answered, warm-up included; the first: status 409"))
        #expect(publishing.explanation("4.0 s").hasPrefix("40 updates due in 4.0 s: 18 published, 22 refused"))
    }

    @Test("What was due is told from what was published, and unknown bytes are divided by nothing")
    func explainsCounts() {
        var publishing = LoadResult.Publishing(updates: 40)
        #expect(publishing.explanation("4.0 s") == "40 updates in 4.0 s")
        (publishing.refusedUpdates, publishing.unconfirmedUpdates) = (22, 5)
        #expect(
            publishing.explanation("4.0 s")
                == "40 updates due in 4.0 s: 13 published, 22 refused, 5 of unknown outcome")
        func perDelivery(_ bytes: Int64?, _ deliveries: Int64?) -> Double? {
            LoadResult.Traffic(
                bytesReceived: bytes, bytesSent: nil, requests: 0, stateReads: 0, deliveries: deliveries
            ).bytesPerDelivery
        }
        #expect(perDelivery(800, 4) == 200)
        #expect(perDelivery(0, 4) == nil && perDelivery(nil, 4) == nil && perDelivery(800, 0) == nil)
    }

    @Test("A window without an update is unsound, unless nobody was to publish")
    func refusesEmptyWindows() {
        func empty(_ publishing: LoadSpecification.Publishing) -> String? {
            rejection({ ($0.ledger, $0.publishing.updates) = (LedgerSummary(), 0) }, of: { $0.publishing = publishing })
        }
        #expect(empty(.http)?.contains("--rate") == true)
        let elsewhere = empty(.elsewhere)
        #expect(elsewhere?.contains("likely, in this order, nobody published (take a longer --seconds); ") == true)
    }

    @Test("Where no connection that reads was owed anything, nothing was measured")
    func refusesLoadsThatOweNothing() {
        let text = rejection {
            $0.ledger = LedgerSummary()
            $0.slowReaders = .init(count: 2, cut: 0, positionsLost: 0)
        }
        #expect(text?.hasPrefix("nothing was measured") == true && text?.contains("--slow-readers") == true)
        #expect(text?.contains("--orders") == true)
    }

    @Test("Of a publisher elsewhere no option is named that a load which does not publish ignores")
    func namesNoOptionOfPublishing() throws {
        let text = try #require(
            rejection({ ($0.ledger, $0.publishing.updates) = (LedgerSummary(), 0) }) {
                $0.publishing = .elsewhere
                $0.foreign = ForeignServer(subscribePath: "/s")
            })
        #expect(text.contains("--target-url") && !text.contains("--publish-url"), "\(text)")
    }

    @Test("Where all that arrived was published outside the window by its own times, the clocks are named")
    func explainsTimesOutsideTheWindow() {
        func outside(_ foreign: ForeignServer?) -> String? {
            rejection({
                ($0.ledger, $0.publishing.updates) = (LedgerSummary(), 0)
                $0.traffic.deliveries = 40
            }) {
                $0.publishing = .elsewhere
                $0.foreign = foreign
            }
        }
        let ours = outside(nil)
        #expect(ours?.hasPrefix("40 updates arrived within the window") == true && ours?.contains("NTP") == true)
        #expect(ours?.contains("--time-") == false)
        #expect(outside(ForeignServer(subscribePath: "/s"))?.contains("--time-pointer or --time-format") == true)
    }

    @Test("Updates that cannot be told are said to be that, with the option that helps")
    func explainsUnknownUpdates() {
        func unknown(_ publishing: LoadSpecification.Publishing) -> String? {
            rejection({ ($0.ledger, $0.unknownUpdates) = (LedgerSummary(), 7) }, of: { $0.publishing = publishing })
        }
        #expect(unknown(.none)?.contains("--publish elsewhere") == true)
        let mixed = unknown(.http)
        #expect(mixed?.hasPrefix("7 of 7 updates that arrived were published by others") == true)
        #expect(mixed?.contains("--demo") == true && mixed?.contains("--publish elsewhere") == true)
        let foreign = rejection({ ($0.ledger, $0.unknownUpdates) = (LedgerSummary(), 7) }) {
            $0.foreign = ForeignServer(subscribePath: "/s")
        }
        #expect(foreign?.contains("--sequence-pointer") == true && foreign?.contains("another publishes") == true)
        #expect(unknown(.elsewhere)?.contains("--time-format") == true)
        let coalesced = rejection { ($0.ledger, $0.unknownUpdates) = (LedgerSummary(expected: 40, coalesced: 40), 7) }
        #expect(coalesced == nil, "some of what arrived is known")
        func most(_ received: Int64, _ publishing: LoadSpecification.Publishing = .elsewhere) -> String? {
            rejection({ ($0.unknownUpdates, $0.receivedUpdates) = (50, received) }) {
                $0.publishing = publishing
                $0.foreign = ForeignServer(subscribePath: "/s")
                $0.foreign?.sequencePointer = "/n"
            }
        }
        #expect(most(100)?.hasPrefix("50 of 100 updates have no time of publication and whole number below") == true)
        #expect(most(100)?.contains("--sequence-pointer") == true)
        #expect(most(100, .http)?.contains("no number that was published here: check --sequence-pointer") == true)
        #expect(most(101) == nil, "a few are another publisher's")
        #expect(rejection { $0.numberJumps = 1 }?.contains("--sequence-pointer") == true)
    }

    @Test("A connection that receives nothing while others do makes a load unsound whose publisher is elsewhere")
    func noticesSilence() {
        func silent(_ count: Int) -> String? {
            rejection({ $0.silentConnections = count }) { $0.publishing = .elsewhere }
        }
        #expect(silent(1)?.hasPrefix("1 of 2 connections that read received no update, and the others did") == true)
        #expect(silent(2) == nil, "then nothing arrived at all, which is said otherwise")
        func silent(_ count: Int, besides slow: Int) -> String? {
            rejection({
                ($0.connections, $0.silentConnections) = (2 + slow, count)
                $0.slowReaders = .init(count: slow, cut: 0, positionsLost: 0)
            }) { $0.publishing = .elsewhere }
        }
        #expect(silent(1, besides: 3)?.hasPrefix("1 of 2 connections that read received no update") == true)
        #expect(silent(2, besides: 3) == nil)
    }

    @Test("Of a publisher elsewhere, updates from the future show two clocks that differ")
    func comparesClocks() {
        #expect(rejection({ $0.negativeLatencies = 4 }, of: { $0.publishing = .elsewhere })?.contains("clock") == true)
        #expect(rejection({ $0.negativeLatencies = 4 }) == nil)
    }
}
