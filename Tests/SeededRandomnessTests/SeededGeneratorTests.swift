import SeededRandomness
import Testing

@Suite struct SeededGeneratorTests {
    /// The first outputs of the authors' C code for the seed 1234567.
    @Test("SplitMix64 gives the numbers of the reference") func splitMixFollowsTheReference() {
        var generator = SplitMix64(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        #expect(expected.map { _ in generator.next() } == expected)
    }

    /// The first outputs of the authors' C code for the state 1, 2, 3, 4.
    @Test("Xoshiro256** gives the numbers of the reference") func xoshiroFollowsTheReference() {
        var generator = SeededGenerator(state: (1, 2, 3, 4))
        let expected: [UInt64] = [
            11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
            607_988_272_756_665_600, 16_172_922_978_634_559_625, 8_476_171_486_693_032_832,
        ]
        #expect(expected.map { _ in generator.next() } == expected)
    }

    @Test("Numbers below a bound are evenly distributed") func drawsBelowABoundEvenly() {
        var generator = SeededGenerator(seed: 5)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[generator.next(below: 7)] += 1 }
        // Six standard deviations of a count are 556.
        #expect(counts.allSatisfy { abs($0 - 10_000) < 556 })
        #expect((0..<100).allSatisfy { _ in generator.next(below: 1) == 0 })
    }

    @Test("A unit is at least 0 and below 1, and 0.5 on average") func unitsAreBelowOne() {
        var generator = SeededGenerator(seed: 6)
        var sum = 0.0
        for _ in 0..<10_000 {
            let unit = generator.nextUnit()
            #expect((0..<1).contains(unit))
            sum += unit
        }
        #expect(abs(sum / 10_000 - 0.5) < 0.02)
    }

    @Test("Each permutation of a shuffle is about as frequent") func shufflesAreEvenPermutations() {
        var generator = SeededGenerator(seed: 7)
        var counts: [[Int]: Int] = [:]
        for _ in 0..<6_000 { counts[generator.shuffled([1, 2, 3]), default: 0] += 1 }
        #expect(counts.count == 6)
        #expect(counts.values.allSatisfy { abs($0 - 1_000) < 180 })
    }

    @Test("Equal seeds give equal orders") func equalSeedsGiveEqualOrders() {
        var one = SeededGenerator(seed: 8)
        var other = SeededGenerator(seed: 8)
        var third = SeededGenerator(seed: 9)
        let order = one.shuffled(Array(0..<50))
        #expect(order == other.shuffled(Array(0..<50)))
        #expect(order != third.shuffled(Array(0..<50)))
    }
}
