import CZlib
import Compression
import SeededRandomness
import Testing

@Suite("Messages of permessage-deflate")
struct MessageCompressionTests {
    private static func expand(
        _ bytes: [UInt8], atMost limit: Int = 1000
    ) -> Result<[UInt8], MessageInflater.Failure> {
        bytes.withUnsafeBytes { bytes in
            Result { () throws(MessageInflater.Failure) in try MessageInflater().expand(bytes, atMost: limit) }
        }
    }

    private static let hello = Array("Hello".utf8)

    /// Five letters, so that it becomes shorter.
    private static func text(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8(ascii: "a") + UInt8(random.next(below: 5)) }
    }

    private static func compressed(_ text: [UInt8]) throws -> [UInt8] {
        var bytes = text
        try #require(MessageDeflater().compress(&bytes, from: 0))
        return bytes
    }

    @Test(
        "The examples of RFC 7692, section 7.2.3, are read",
        arguments: [
            // One block; a stored one; two blocks; one that is the last of its stream.
            [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
            [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00],
            [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00],
            [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00],
        ] as [[UInt8]])
    func readsExamples(_ bytes: [UInt8]) {
        #expect(Self.expand(bytes) == .success(Self.hello))
    }

    @Test(
        "A message is expanded to what was compressed, and bytes before it stay as they are",
        arguments: [60, 300, 4_000, 70_000])
    func roundTrip(_ count: Int) throws {
        let deflater = MessageDeflater()
        // Twice with one object: nothing of a message is left for the next.
        for seed in 1...2 as ClosedRange<UInt64> {
            let text = Self.text(count, seed: seed)
            var bytes = Self.hello + text
            try #require(deflater.compress(&bytes, from: Self.hello.count))
            #expect(bytes.starts(with: Self.hello))
            #expect(bytes.count < text.count)
            #expect(Self.expand(Array(bytes[Self.hello.count...]), atMost: count) == .success(text))
        }
    }

    @Test("A message that compression would not shorten stays as it is")
    func leavesAlone() {
        let deflater = MessageDeflater()
        var random = SeededGenerator(seed: 1)
        for count in [0, 1, 5, 100, 10_000] {
            let noise = (0..<count).map { _ in UInt8(random.next(below: 256)) }
            var bytes = noise
            #expect(!deflater.compress(&bytes, from: 0))
            #expect(bytes == noise)
        }
    }

    @Test("A compressed message refers back no further than the server promises")
    func keepsToTheWindow() throws {
        let part = Self.text(5_000, seed: 3)
        // The second half would be a reference to the first.
        let text = part + part
        var bytes = try Self.compressed(text) + [0, 0, 0xFF, 0xFF]
        var stream = z_stream()
        #expect(
            inflateInit2_(
                &stream, -Int32(MessageDeflater.windowBits), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK)
        var output = [UInt8](repeating: 0, count: text.count + 1)
        let status = bytes.withUnsafeMutableBufferPointer { bytes in
            output.withUnsafeMutableBufferPointer { output in
                (stream.next_in, stream.avail_in) = (bytes.baseAddress, uInt(bytes.count))
                (stream.next_out, stream.avail_out) = (output.baseAddress, uInt(output.count))
                return inflate(&stream, Z_SYNC_FLUSH)
            }
        }
        #expect(status == Z_OK)
        #expect(Array(output.prefix(text.count)) == text)
        inflateEnd(&stream)
    }

    @Test("A compressed message that is cut anywhere is damaged")
    func cut() throws {
        let text = Self.text(300, seed: 4)
        let whole = try Self.compressed(text)
        for length in whole.indices {
            #expect(Self.expand(Array(whole[..<length])) == .failure(.damaged))
        }
    }

    @Test("A compressed message with any bit flipped expands to no more than its bound")
    func flipped() throws {
        let whole = try Self.compressed(Self.text(300, seed: 5))
        for bit in 0..<(whole.count * 8) {
            var damaged = whole
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            if case .success(let text) = Self.expand(damaged, atMost: 1000) { #expect(text.count <= 1000) }
        }
    }

    @Test("A message that expands beyond its bound is refused as soon as it does")
    func bomb() throws {
        let bomb = try Self.compressed([UInt8](repeating: 0, count: 50_000_000))
        #expect(bomb.count < 100_000)
        #expect(Self.expand(bomb, atMost: 65_536) == .failure(.tooLong))
        let text = Self.text(300, seed: 6)
        #expect(Self.expand(try Self.compressed(text), atMost: 300) == .success(text))
        #expect(Self.expand(try Self.compressed(text), atMost: 299) == .failure(.tooLong))
        #expect(Self.expand([0xFF, 0xFF]) == .failure(.damaged))
    }
}
