import Compression
import SeededRandomness
import Testing

@Suite("A value in zlib's format")
struct ZlibTests {
    private func value(seed: UInt64, count: Int) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        // Some of it repeats, or nothing would become smaller.
        return (0..<count).map { _ in UInt8(random.next(below: 7)) }
    }

    @Test("expands to what was compressed", arguments: [0, 1, 2, 100, 70_000])
    func roundTrip(count: Int) throws {
        let value = value(seed: UInt64(count), count: count)
        #expect(try Zlib.expand(Zlib.compress(value), atMost: count) == value)
    }

    @Test("is smaller than what repeats") func becomesSmaller() {
        #expect(Zlib.compress(value(seed: 1, count: 10_000)).count < 5_000)
    }

    @Test("is refused wherever it is cut") func cut() {
        let whole = Zlib.compress(value(seed: 2, count: 300))
        for length in whole.indices {
            #expect(throws: Zlib.Failure.self) { try Zlib.expand(Array(whole[..<length]), atMost: 300) }
        }
    }

    @Test("is refused with a bit flipped anywhere, or taken for the same value") func flipped() {
        let value = value(seed: 3, count: 300)
        let whole = Zlib.compress(value)
        for bit in 0..<(whole.count * 8) {
            var damaged = whole
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            // A bit of the header's level says nothing.
            if let expanded = try? Zlib.expand(damaged, atMost: 300) { #expect(expanded == value) }
        }
    }

    @Test("that expands to more than is allowed is refused, and so is what follows it") func bounds() {
        let bomb = Zlib.compress([UInt8](repeating: 0, count: 10_000_000))
        #expect(bomb.count < 20_000)
        #expect(throws: Zlib.Failure(description: "it is cut off, or expands to more than 1000 bytes")) {
            try Zlib.expand(bomb, atMost: 1_000)
        }
        #expect(throws: Zlib.Failure(description: "2 bytes follow the compressed value")) {
            try Zlib.expand(Zlib.compress([1, 2, 3]) + [0, 0], atMost: 3)
        }
        #expect(throws: Zlib.Failure.self) { try Zlib.expand([1, 2, 3, 4], atMost: 100) }
    }
}
