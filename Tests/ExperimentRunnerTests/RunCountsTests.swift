import ExperimentRunner
import Testing

@Suite struct RunCountsTests {
    private func line(_ counts: RunCounts, isResumed: Bool, filter: String = "") -> String {
        counts.announcement(isResumed: isResumed, filter: filter, expected: "about 9 s")
    }

    @Test("A new run says what it will do")
    func aNewRun() {
        let all = RunCounts(planned: 4, recorded: 0, selected: 4, remaining: 4)
        #expect(line(all, isResumed: false) == "4 trials, about 9 s")
        let some = RunCounts(planned: 4, recorded: 0, selected: 1, remaining: 1)
        #expect(line(some, isResumed: false, filter: "--filter sse") == "1 of 4 trials (--filter sse), about 9 s")
    }

    @Test("A resumed run says what it has, and counts on from there")
    func aResumedRun() {
        let counts = RunCounts(planned: 4, recorded: 1, selected: 4, remaining: 3)
        #expect(line(counts, isResumed: true) == "1 of 4 trials is recorded, 3 to go, about 9 s")
        #expect((1...3).map { counts.place(ofRemaining: $0) } == [2, 3, 4])
    }

    @Test("With a filter the trials it leaves out are recorded, but have no place")
    func aFilteredResumedRun() {
        let counts = RunCounts(planned: 6, recorded: 3, selected: 4, remaining: 2)
        let text = line(counts, isResumed: true, filter: "--filter sse")
        #expect(text == "3 of 6 trials are recorded, 2 to go (--filter sse), about 9 s")
        #expect((1...2).map { counts.place(ofRemaining: $0) } == [3, 4])
    }

    @Test("Where all that the filter matches is recorded, nothing of it is left")
    func aCompleteFilter() {
        let counts = RunCounts(planned: 6, recorded: 4, selected: 4, remaining: 0)
        let text = line(counts, isResumed: true, filter: "--filter sse")
        #expect(
            text == "all 4 trials (--filter sse) are recorded: nothing is left to run but what the filter leaves out")
    }

    @Test("A complete run has nothing left, and no time to expect")
    func aCompleteRun() {
        let counts = RunCounts(planned: 4, recorded: 4, selected: 4, remaining: 0)
        #expect(line(counts, isResumed: true) == "all 4 trials are recorded: nothing is left to run")
    }
}
