import OrderUpdates
import Testing

@Suite struct StreamPositionTests {
    @Test(
        "A position has one text, and is read back from it",
        arguments: [
            (StreamPosition(epoch: 0, offset: 0), "0-0"),
            (StreamPosition(epoch: 0xBEEF, offset: 42), "beef-42"),
            (StreamPosition(epoch: .max, offset: .max), "ffffffffffffffff-18446744073709551615"),
        ])
    func hasOneText(_ position: StreamPosition, _ text: String) {
        #expect(position.description == text)
        #expect(StreamPosition(text) == position)
    }

    @Test(
        "Any other text is no position",
        arguments: [
            "", "-", "1", "1-", "-1", "1-2-3", "g-1", "1-a", " 1-2", "1-2 ", "1-2\n", "0x1-2", "1_0-2",
            // Numbers, but not as they are written: a sign, a leading zero, capitals.
            "+1-2", "1-+2", "1--0", "01-2", "1-02", "BEEF-2", "00-0",
            // Out of range.
            "10000000000000000-0", "0-18446744073709551616",
            // Digits of another script.
            "1-٢",
        ])
    func refusesAnyOtherText(_ text: String) {
        #expect(StreamPosition(text) == nil)
    }
}
