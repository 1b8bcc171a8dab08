/// A deflate stream of zeros (RFC 1951) that is a thousandth of its inflated size.
struct CompressionBomb {
    private var bytes: [UInt8] = []
    private var pending: UInt8 = 0
    private var count = 0

    /// - Parameter size: the inflated size in bytes, rounded up to a whole match.
    static func deflate(size: Int) -> [UInt8] {
        var bomb = CompressionBomb()
        // One final block with the fixed codes (section 3.2.6).
        bomb.append(0b1, bits: 1)
        bomb.append(0b01, bits: 2)
        // A zero, then matches of length 258 at distance 1. Huffman codes begin with their highest bit.
        bomb.appendCode(0b0011_0000, bits: 8)
        for _ in 0..<(size / 258 + 1) {
            bomb.appendCode(0b1100_0101, bits: 8)
            bomb.appendCode(0, bits: 5)
        }
        bomb.appendCode(0, bits: 7)
        if bomb.count > 0 { bomb.bytes.append(bomb.pending) }
        return bomb.bytes
    }

    /// The stream in gzip's format (RFC 1952), with a wrong checksum, which is only checked after inflation.
    static func gzip(size: Int) -> [UInt8] {
        [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF] + deflate(size: size) + [UInt8](repeating: 0, count: 8)
    }

    private mutating func append(_ value: Int, bits: Int) {
        for index in 0..<bits {
            pending |= UInt8(value >> index & 1) << count
            count += 1
            guard count == 8 else { continue }
            bytes.append(pending)
            (pending, count) = (0, 0)
        }
    }

    private mutating func appendCode(_ code: Int, bits: Int) {
        for index in (0..<bits).reversed() { append(code >> index & 1, bits: 1) }
    }
}
