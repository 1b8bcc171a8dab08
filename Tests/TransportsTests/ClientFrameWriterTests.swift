import LWS
import SeededRandomness
import Testing

/// A client's frames, against RFC 6455.
@Suite struct ClientFrameWriterTests {
    @Test("The masked frame of section 5.7")
    func writesTheExample() {
        let frame = Array("Hello".utf8).withUnsafeBytes { ClientFrameWriter.frame(.text, $0, mask: 0x37FA_213D) }
        #expect(frame == [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
    }

    @Test("Each length has its shortest form", arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 70_001])
    func writesLengths(_ count: Int) {
        var generator = SplitMix64(seed: UInt64(count))
        let payload = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let frame = payload.withUnsafeBytes { ClientFrameWriter.frame(.binary, $0, mask: 0x0102_0304) }
        var header: [UInt8] = [0x82]
        switch count {
        case ..<126: header.append(0x80 | UInt8(count))
        case ..<65_536: header += [0xFE, UInt8(count >> 8), UInt8(count & 0xFF)]
        default: header += [0xFF, 0, 0, 0, 0, 0, UInt8(count >> 16), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
        }
        header += [1, 2, 3, 4]
        #expect(Array(frame.prefix(header.count)) == header)
        #expect(zip(frame.dropFirst(header.count), 0...).map { $0 ^ [1, 2, 3, 4][$1 % 4] } == payload)
    }

    @Test("No two frames have one mask")
    func masksAnew() {
        var writer = ClientFrameWriter()
        let masks = (0..<8).map { _ in
            Array(writer.frame(.ping, UnsafeRawBufferPointer(start: nil, count: 0)).suffix(4))
        }
        #expect(Set(masks).count == masks.count)
    }
}
