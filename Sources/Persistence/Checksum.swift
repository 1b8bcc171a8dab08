/// FNV-1a with 64 bits, to detect that a row was changed. SQLite checks the form of its pages, but not their
/// contents.
struct Checksum {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    private mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }

    mutating func add(_ number: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    /// Adds a text with its length, so that two texts in a row cannot be taken for two others.
    mutating func add(_ text: some Collection<UInt8>) {
        add(UInt64(text.count))
        for byte in text { add(byte) }
    }
}
