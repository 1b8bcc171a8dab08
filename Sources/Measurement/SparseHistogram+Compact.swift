import Compression

/// The compact form: HdrHistogram's V2 encoding, compressed. HdrHistogram's tools for other languages read it too.
///
/// After a header it has the counts of all buckets up to the last that is not empty, as ZigZag LEB128. A negative
/// number stands for a run of that many empty buckets (`AbstractHistogram.encodeIntoCompressedByteBuffer`,
/// HdrHistogram 2.1).
extension SparseHistogram {
    /// Bytes that are not the compact form, or values that no trial records.
    package struct Damage: Error, CustomStringConvertible {
        package var description: String
    }

    private static let cookie: UInt32 = 0x1c84_9313
    private static let compressedCookie: UInt32 = 0x1c84_9314
    private static let digits: UInt32 = 3
    /// The length of the header in bytes.
    private static let headerLength = 40
    private static let maximumBuckets = HistogramBucket(of: largestValue).index + 1
    /// The maximum length of a count or a gap in bytes.
    private static let longestNumber = 9

    package var compact: [UInt8] {
        var counts: [UInt8] = []
        var next = 0
        for entry in entries {
            let index = HistogramBucket(of: entry.value).index
            switch index - next {
            case 0: break
            case 1: counts.appendZigZag(0)
            case let gap: counts.appendZigZag(Int64(-gap))
            }
            counts.appendZigZag(entry.count)
            next = index + 1
        }
        let usual = LatencyHistogram.largestNanoseconds
        let isUsual = next <= HistogramBucket(of: usual).index + 1
        var plain: [UInt8] = []
        plain.append(bigEndian: Self.cookie)
        plain.append(bigEndian: UInt32(counts.count))
        // The offset of the buckets is 0.
        plain.append(bigEndian: UInt32(0))
        plain.append(bigEndian: Self.digits)
        plain.append(bigEndian: UInt64(1))
        plain.append(bigEndian: UInt64(isUsual ? usual : entries.last?.value ?? usual))
        plain.append(bigEndian: Double(1).bitPattern)
        let compressed = Zlib.compress(plain + counts)
        var whole: [UInt8] = []
        whole.append(bigEndian: Self.compressedCookie)
        whole.append(bigEndian: UInt32(compressed.count))
        return whole + compressed
    }

    package init(compact: [UInt8]) throws(Damage) {
        var outer = BigEndianReader(compact[...])
        guard outer.next(UInt32.self) == Self.compressedCookie, let length = outer.next(UInt32.self),
            Int(length) == outer.rest.count
        else { throw Damage(description: "it is not HdrHistogram's compressed encoding, version 2") }
        let plain: [UInt8]
        do {
            plain = try Zlib.expand(
                Array(outer.rest), atMost: Self.headerLength + Self.maximumBuckets * Self.longestNumber)
        } catch {
            throw Damage(description: error.description)
        }
        var header = BigEndianReader(plain[...])
        guard header.next(UInt32.self) == Self.cookie, let length = header.next(UInt32.self),
            header.next(UInt32.self) == 0, header.next(UInt32.self) == Self.digits, header.next(UInt64.self) == 1,
            header.next(UInt64.self) != nil, header.next(UInt64.self) == Double(1).bitPattern,
            Int(length) == header.rest.count
        else { throw Damage(description: "it is not an encoding at three significant digits from 1 on") }
        self.init(ascending: try Self.entries(header.rest))
    }

    private static func entries(_ counts: ArraySlice<UInt8>) throws(Damage) -> [Entry] {
        var rest = counts
        var entries: [Entry] = []
        var index = 0
        var total: Int64 = 0
        while !rest.isEmpty {
            guard let number = rest.nextZigZag() else { throw Damage(description: "a count in it is cut off") }
            guard number >= -Int64(maximumBuckets), index < maximumBuckets else {
                throw Damage(description: "it holds values above \(largestValue)")
            }
            if number < 0 {
                index += Int(-number)
                continue
            }
            guard number <= largestCount - total else {
                throw Damage(description: "a histogram holds at most \(largestCount) values")
            }
            if number > 0 { entries.append(Entry(value: HistogramBucket(index: index).highest, count: number)) }
            total += number
            index += 1
        }
        return entries
    }
}

/// Values that are equal at three significant digits: 1,024 buckets for each power of two from 2,048 on, and one for
/// each value below (HdrHistogram's `countsArrayIndex`).
struct HistogramBucket {
    var index: Int

    init(index: Int) { self.index = index }

    init(of value: Int64) {
        let shift = max(0, 53 - (value | 2047).leadingZeroBitCount)
        index = shift << 10 + Int(value >> shift)
    }

    /// The highest value in the bucket.
    var highest: Int64 {
        guard index >= 2048 else { return Int64(index) }
        let shift = index >> 10 - 1
        return (Int64(index & 1023 + 1024) + 1) << shift - 1
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    /// Appends seven bits in each byte, the lowest first; the ninth byte has eight.
    fileprivate mutating func appendZigZag(_ number: Int64) {
        var left = UInt64(bitPattern: number << 1 ^ number >> 63)
        var bytes = 1
        while left >= 0x80, bytes < 9 {
            append(UInt8(truncatingIfNeeded: left) | 0x80)
            left >>= 7
            bytes += 1
        }
        append(UInt8(truncatingIfNeeded: left))
    }
}

extension ArraySlice<UInt8> {
    /// Nil where the number is cut off.
    fileprivate mutating func nextZigZag() -> Int64? {
        var number: UInt64 = 0
        for place in 0..<9 {
            guard let byte = popFirst() else { return nil }
            let isLast = place == 8 || byte & 0x80 == 0
            number |= UInt64(place == 8 ? byte : byte & 0x7F) << (7 * UInt64(place))
            if isLast { break }
        }
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }
}

private struct BigEndianReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func next<Value: FixedWidthInteger>(_: Value.Type) -> Value? {
        let size = MemoryLayout<Value>.size
        guard rest.count >= size else { return nil }
        defer { rest = rest.dropFirst(size) }
        return rest.prefix(size).reduce(0) { $0 << 8 | Value($1) }
    }
}
