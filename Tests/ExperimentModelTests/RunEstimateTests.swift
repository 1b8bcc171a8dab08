import ExperimentModel
import Testing

/// What a person is told of how long a run still takes.
@Suite struct RunEstimateTests {
    @Test(
        "Where each trial takes what is expected of it, the time that has passed and the time that is left are one sum")
    func keepsItsWord() {
        var estimate = RunEstimate(preparation: 2, trials: 40)
        #expect(estimate.remaining(after: 0) == 42 && estimate.remaining(after: 1.5) == 40.5)
        estimate.end(after: nil)
        for trial in 0..<40 {
            estimate.begin(1)
            #expect(abs(estimate.remaining(after: 0.5) - (39.5 - Double(trial))) < 1e-9)
            estimate.end(after: 1)
        }
        #expect(estimate.remaining(after: 0) == 0)
    }

    /// This display once made 04:54 of 03:27 within three seconds.
    @Test("The first trial may take five times as long, and the estimate rises by no more than a seventh")
    func firstTrialsOverthrowNothing() {
        var estimate = RunEstimate(preparation: 0, trials: 200)
        estimate.begin(1)
        let before = estimate.remaining(after: 0)
        #expect(estimate.remaining(after: 5) == before - 1, "what is late is not taken for longer before it ends")
        estimate.end(after: 5)
        estimate.begin(1)
        #expect(estimate.remaining(after: 0) > before, "it has learnt of it")
        #expect(estimate.remaining(after: 0) < before * 8 / 7)
    }

    @Test("Where all trials take half as long again, the estimate comes to say so; what was skipped teaches nothing")
    func learns() {
        var estimate = RunEstimate(preparation: 0, trials: 400)
        for _ in 0..<300 {
            estimate.begin(1)
            estimate.end(after: 1.5)
        }
        #expect((140...150).contains(estimate.remaining(after: 0)))
        for _ in 0..<50 {
            estimate.begin(1)
            estimate.end(after: nil)
        }
        #expect((70...75).contains(estimate.remaining(after: 0)))
    }
}
