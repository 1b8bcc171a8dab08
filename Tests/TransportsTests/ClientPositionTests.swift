import OrderUpdates
import SeededRandomness
import Testing
import Transports

/// The position that a client reads from bytes, against the one that is read from a text.
@Suite struct ClientPositionTests {
    @Test(
        "A position in bytes is a position in a text, and nothing else is",
        arguments: [
            "0-0", "1f-7", "ffffffffffffffff-18446744073709551615", "10000000000000000-1", "1-18446744073709551616", "",
            "-", "1-",
            "-1", "01-1", "1-01", "1F-1", "g-1", "1-a", "1-1-1", "+1-1", "1-+1", " 1-1", "1-1 ", "00-0", "é-1",
        ])
    func agrees(_ text: String) {
        #expect(Array(text.utf8).withUnsafeBytes { StreamPosition(bytes: $0) } == StreamPosition(text))
    }

    @Test("Every position is read back", arguments: 1...200 as ClosedRange<UInt64>)
    func readsBack(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let shift = UInt64.random(in: 0...63, using: &generator)
        let position = StreamPosition(epoch: generator.next() >> shift, offset: generator.next() >> shift)
        #expect(Array(position.description.utf8).withUnsafeBytes { StreamPosition(bytes: $0) } == position)
    }
}
