import Measurement
import SeededRandomness
import Testing

@Suite struct LinearFitTests {
    let bootstrap = Bootstrap(resamples: 500, seed: 5)

    @Test("A fit finds the line that made the points") func findsTheLineThatMadeThePoints() throws {
        var generator = SeededGenerator(seed: 31)
        let points = (0..<20).map { index in
            LinearFit.Point(x: Double(index * 500), y: 4e6 + 1_200 * Double(index * 500) + 1e5 * generator.nextUnit())
        }
        let fit = try #require(LinearFit(points, by: bootstrap))
        #expect(fit.slope.lower < 1_200 && fit.slope.upper > 1_200)
        #expect(fit.slope.upper - fit.slope.lower < 20)
        #expect(abs(fit.intercept - 4.05e6) < 5e4)
        #expect((fit.explained ?? 0) > 0.99)
        #expect(abs(fit.value(at: 1_000) - 5.25e6) < 5e4)
    }

    @Test("With few points the interval of the slope is wide") func withFewPointsTheIntervalIsWide() throws {
        let fit = try #require(LinearFit([.init(x: 1, y: 1), .init(x: 2, y: 3), .init(x: 3, y: 4)], by: bootstrap))
        // By hand: slope 1.5, standard error 0.2887, t of one degree of freedom 12.706.
        #expect(abs(fit.slope.estimate - 1.5) < 1e-12)
        #expect(abs(fit.slope.lower - (1.5 - 12.7062 * 0.288675)) < 1e-3)
    }

    @Test("Fewer than three points, or points at one place, have no fit") func refusesWhatHasNoSlope() {
        #expect(LinearFit([], by: bootstrap) == nil)
        #expect(LinearFit([.init(x: 1, y: 1), .init(x: 2, y: 2)], by: bootstrap) == nil)
        #expect(LinearFit(Array(repeating: .init(x: 1, y: 1), count: 5), by: bootstrap) == nil)
    }
}
