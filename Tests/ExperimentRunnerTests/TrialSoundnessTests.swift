import ExperimentModel
import ExperimentRunner
import LoadGeneration
import Measurement
import Testing

@Suite struct TrialSoundnessTests {
    private let trial = Trial(
        number: 1, block: 1, position: 1,
        cell: Cell(
            transport: "sse", load: LoadProfile(name: "a", connections: 10, orders: 1, updatesPerSecond: 10)),
        warmupSeconds: 1, measureSeconds: 2)

    private func rejection(_ change: (inout LoadResult) -> Void) -> String? {
        let latency = LatencySummary(histogram: SparseHistogram([.init(value: 1_000, count: 100)]))
        var result = LoadResult(
            connections: 10, connectSeconds: 0.1, measuredSeconds: 2, windowStartedAt: "2026-11-23T05:07:23Z",
            latency: .init(corrected: latency, uncorrected: latency), timeToFirstEvent: latency,
            ledger: LedgerSummary(expected: 100, delivered: 100),
            resources: ProcessResources(cpuUserSeconds: 0, cpuSystemSeconds: 0), busyFraction: 0.1,
            publishing: .init(updates: 10),
            traffic: .init(bytesReceived: nil, bytesSent: nil, requests: 0, stateReads: 0),
            slowReaders: .init(count: 0, cut: 0, positionsLost: 0), disconnections: 0, negativeLatencies: 0,
            unknownUpdates: 0, heartbeats: 0)
        change(&result)
        return TrialSoundness.rejection(to: result, trial, publishedDigest: "x")
    }

    @Test("A trial in which nothing is wrong is sound") func soundAsItIs() { #expect(rejection { _ in } == nil) }

    @Test("A trial whose connections ended is unsound") func connectionsThatEnded() {
        let text = rejection {
            $0.disconnections = 3
            $0.firstDisconnection = "reset"
        }
        #expect(text?.contains("3 of 10") == true && text?.contains("reset") == true)
    }

    @Test("A trial whose publications were refused is unsound") func refusedPublications() {
        #expect(rejection { $0.publishing.refused = 1 }?.contains("warm-up included") == true)
    }

    @Test("A trial with updates that nobody published is unsound") func updatesThatNobodyPublished() {
        #expect(rejection { $0.unknownUpdates = 1 } != nil)
    }

    @Test("A trial that delivered other updates than were published is unsound") func otherUpdatesThanWerePublished() {
        #expect(rejection { $0.fairnessDigest = "x" } == nil)
        #expect(rejection { $0.fairnessDigest = "y" }?.contains("y") == true)
    }

    @Test("A trial in which nothing arrived measured nothing; one that lost a part has measured that")
    func nothingArrived() {
        #expect(
            rejection { $0.ledger = LedgerSummary(expected: 100, undelivered: 100) }?.contains("none of 100") == true)
        #expect(rejection { $0.ledger = LedgerSummary(expected: 100, delivered: 1, undelivered: 99) } == nil)
    }

    @Test("A trial without a publication in its window is unsound") func anEmptyWindow() {
        #expect(rejection { $0.publishing.updates = 0 } != nil)
    }

    /// One early arrival is a rounding of clocks; many are a clock that was set.
    @Test("A trial with several arrivals before their time is unsound") func arrivalsBeforeTheirTime() {
        #expect(rejection { $0.negativeLatencies = 1 } == nil)
        #expect(rejection { $0.negativeLatencies = 2 } != nil)
    }
}
