import Measurement
import SeededRandomness
import Testing

@Suite struct SignFlipTestTests {
    /// Darwin's 15 pairs of crossed and self-fertilized maize, in eighths of an inch (Fisher, The Design of
    /// Experiments, 1935, section 21): of the 32,768 patterns of signs 835 have a
    /// sum above 314, and 28 that sum.
    static let maize: [Double] = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]

    @Test("Fisher's count of Darwin's maize comes out exactly") func agreesWithFisher() {
        let test = SignFlipTest(Self.maize, seed: 1)
        #expect(test.pValue(.above) == 863.0 / 32_768)
        #expect(test.pValue(.different) == 1_726.0 / 32_768)
        // The patterns with a sum of -314 or less, and those with less than 314 or just as much.
        #expect(test.pValue(.below) == (32_768.0 - 835) / 32_768)
        #expect(SignFlipTest(Self.maize.map(-), seed: 1).pValue(.below) == test.pValue(.above))
    }

    @Test("A shift is taken from each difference") func shifts() {
        let moved = SignFlipTest(Self.maize.map { $0 + 100 }, seed: 1)
        #expect(moved.pValue(.above, shift: 100) == 863.0 / 32_768)
        #expect(moved.pValue(.above) == 1.0 / 32_768)
    }

    @Test("Where there are too many patterns they are drawn, and the p value is close to the exact one")
    func draws() {
        // Pairs that differ by nothing double the number of patterns, and change no sum.
        let padded = SignFlipTest(Self.maize + Array(repeating: 0, count: 10), seed: 7, draws: 100_000)
        #expect(abs(padded.pValue(.above) - 863.0 / 32_768) < 0.002)
        // No p value is 0.
        #expect(SignFlipTest(Array(repeating: 1, count: 40), seed: 7, draws: 999).pValue(.above) == 0.001)
    }

    @Test("Without pairs nothing is shown, and few pairs reach no small level") func smallSamples() {
        #expect(SignFlipTest([], seed: 1).pValue(.different) == 1)
        let four = SignFlipTest([0.1, 0.11, 0.12, 0.13], seed: 1)
        #expect(four.pValue(.different) == 2.0 / 16)
        #expect(four.interval(level: 0.05) == nil)
        #expect(four.interval(level: 0.125) != nil)
    }

    @Test("The interval has the shifts that are not rejected") func interval() throws {
        let test = SignFlipTest(Self.maize, seed: 1)
        let interval = try #require(test.interval(level: 0.05))
        // About Student's, -0.03 to 41.9, and it contains 0 because p is above the level.
        #expect(interval.contains(0) && abs(interval.lowerBound) < 2 && abs(interval.upperBound - 41.8) < 2)
        #expect(test.pValue(.different, shift: interval.upperBound + 0.01) <= 0.05)
        #expect(test.pValue(.different, shift: interval.upperBound - 0.01) > 0.05)
        #expect(test.pValue(.different, shift: interval.lowerBound - 0.01) <= 0.05)
    }
}
