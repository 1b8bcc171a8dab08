import Compression
import Foundation
import Measurement
import SeededRandomness
import Testing

@Suite("The compact form of a histogram")
struct CompactHistogramTests {
    private func json(_ text: String) throws -> SparseHistogram {
        try JSONDecoder().decode(SparseHistogram.self, from: Data(text.utf8))
    }

    /// Written by HdrHistogram for Python (PyPI `hdrhistogram` 0.10.8): `HdrHistogram(1, 3600000000000, 3)`, then `record_value(v, n)`
    /// of 0 x 1, 1 x 2, 2047 x 3, 2048 x 4, 2049 x 1, 123456 x 70, 987654321 x 5, 3599999999999 x 100000, `encode()`.
    private static let foreign =
        "HISTFAAAADZ4nJNpmSzMwMAgwgABzFCaEch0M9ixgMH+A0SAieWnPBtXf1wP48LzjFz39zAemMUDAOqwC4Q="

    @Test("of another language's library is read") func reads() throws {
        let entries = try json("\"\(Self.foreign)\"").entries
        #expect(entries.map(\.value) == [0, 1, 2047, 2049, 123_519, 987_758_591, 3_601_330_077_695])
        #expect(entries.map(\.count) == [1, 2, 3, 5, 70, 5, 100_000])
    }

    @Test("says the same as that library's, but for the degree of compression") func writes() throws {
        func payload(_ text: String) throws -> [UInt8] {
            try Zlib.expand(Array(try #require(Data(base64Encoded: text)).dropFirst(8)), atMost: 1_000)
        }
        let ours = String(decoding: try JSONEncoder().encode(try json("\"\(Self.foreign)\"")), as: UTF8.self)
        #expect(try payload(String(ours.dropFirst().dropLast().replacing("\\/", with: "/"))) == payload(Self.foreign))
    }

    @Test("holds what was recorded", arguments: 0..<200)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let entries = (0..<random.next(below: 300)).map { _ in
            SparseHistogram.Entry(
                value: Int64.random(in: 0...(1 << Int64(random.next(below: 50))), using: &random),
                count: Int64.random(in: 1...(1 << Int64(random.next(below: 28))), using: &random))
        }
        let histogram = SparseHistogram(entries)
        #expect(histogram.count == entries.reduce(0) { $0 + $1.count })
        #expect(try JSONDecoder().decode(SparseHistogram.self, from: JSONEncoder().encode(histogram)) == histogram)
    }

    @Test(
        "has a value for each one that counts as equal, and no other",
        arguments: [
            (0, 0), (2047, 2047), (2048, 2049), (2049, 2049), (2050, 2051), (4096, 4099), (1_000_000, 1_000_447),
            (999_999_999_999_999, 999_999_999_999_999),
        ] as [(Int64, Int64)])
    func buckets(value: Int64, highest: Int64) {
        let entry = SparseHistogram([.init(value: value, count: 1)]).entries[0].value
        #expect(entry >= value && Double(entry - value) <= 0.001 * Double(value))
        if value < 1_000_000_000 { #expect(entry == highest) }
        // The same that HdrHistogram counts it as.
        var recorded = LatencyHistogram()
        recorded.record(nanoseconds: value)
        if value <= LatencyHistogram.largestNanoseconds { #expect(recorded.largest == entry) }
    }

    @Test("with nothing in it is read") func empty() throws {
        let text = String(decoding: try JSONEncoder().encode(SparseHistogram()), as: UTF8.self)
        #expect(text.hasPrefix("\"HISTF"))
        #expect(try json(text).isEmpty)
    }

    @Test("as a list of pairs, which schema 1 had, is read") func list() throws {
        #expect(try json("[[5,2],[2049,1]]").entries == [.init(value: 5, count: 2), .init(value: 2049, count: 1)])
    }

    /// The form of these counts, with a header that may be of something else.
    private func form(
        _ counts: [UInt8], length: Int? = nil, digits: UInt8 = 3, cookie: UInt8 = 0x13, ratio: UInt8 = 0x3F
    ) -> String {
        let header: [UInt8] =
            [0x1C, 0x84, 0x93, cookie, 0, 0, 0, UInt8(length ?? counts.count), 0, 0, 0, 0, 0, 0, 0, digits]
            + [0, 0, 0, 0, 0, 0, 0, 1] + [0, 0, 3, 0x46, 0x30, 0xB8, 0xA0, 0] + [ratio, 0xF0, 0, 0, 0, 0, 0, 0]
        let compressed = Zlib.compress(header + counts)
        let whole: [UInt8] = [0x1C, 0x84, 0x93, 0x14, 0, 0, 0, UInt8(compressed.count)] + compressed
        return "\"\(Data(whole).base64EncodedString())\""
    }

    @Test("that is none is refused, with the reason") func damage() throws {
        // One value of 0, counted once: a count of 1 is 2.
        #expect(try json(form([2])).entries == [.init(value: 0, count: 1)])
        let full: [UInt8] = [0x80, 0xA0, 0xB7, 0x87, 0xE9, 0x05]  // 100,000,000,000
        let cases: [(String, String)] = [
            ("\"\"", "not HdrHistogram's"), ("\"AAAA\"", "not HdrHistogram's"),
            (form([2], cookie: 0x12), "three significant digits"), (form([2], digits: 2), "three significant digits"),
            (form([2], ratio: 0x40), "three significant digits"), (form([2], length: 2), "three significant digits"),
            (form([0x82]), "is cut off"), (form([0xFF, 0xFF, 0xFF, 0x7F, 2]), "values above"),
            (form([0xFF] + [UInt8](repeating: 0xFF, count: 8)), "values above"),
            (form([0xFE] + [UInt8](repeating: 0xFF, count: 8)), "at most 100000000000 values"),
            (form(full + [2]), "at most 100000000000 values"), ("\"HISTFAAAAAF4\"", "zlib's format"),
            ("\"HISTFA==\"", "not HdrHistogram's"), ("\"not base64\"", "Base64"),
        ]
        for (text, reason) in cases {
            let error = try #require(throws: DecodingError.self, "\(text)") { try json(text) }
            #expect("\(error)".contains(reason), "\(text): \(error)")
        }
    }

    @Test("is refused or read whole with any of its bits flipped") func flipped() throws {
        let bytes = try #require(Data(base64Encoded: Self.foreign))
        for bit in 0..<(bytes.count * 8) {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            let read = try? json("\"\(damaged.base64EncodedString())\"")
            if let read { #expect(read.count == 100_086, "bit \(bit)") }
        }
    }
}
