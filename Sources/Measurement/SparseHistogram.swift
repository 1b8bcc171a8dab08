import FoundationEssentials

/// Counts of recorded values. Only values that occur are stored.
///
/// Values are nanoseconds with three significant digits, so histograms of any trials can be merged without loss. In
/// JSON it has the compact form in base64 since schema 2 of the observations. The form of schema 1, `[[value, count],
/// ...]` in ascending order, can still be read.
public struct SparseHistogram: Hashable, Sendable {
    /// The maximum number of values in a histogram that is read from a file or a process. No trial records as many.
    package static let largestCount: Int64 = 100_000_000_000
    /// The largest value in such a histogram, in nanoseconds: eleven days.
    package static let largestValue: Int64 = 1_000_000_000_000_000

    public struct Entry: Hashable, Sendable {
        /// The highest of the values that are equal at three significant digits, in nanoseconds.
        public var value: Int64
        public var count: Int64

        public init(value: Int64, count: Int64) {
            self.value = value
            self.count = count
        }
    }

    /// In ascending order of values, each value once.
    public private(set) var entries: [Entry]

    /// Sorts the entries and adds up those with equal values. Entries without a count are omitted.
    public init(_ entries: some Sequence<Entry> = []) {
        var counts: [Int64: Int64] = [:]
        for entry in entries where entry.count > 0 {
            counts[HistogramBucket(of: max(0, entry.value)).highest, default: 0] += entry.count
        }
        self.entries = counts.map { Entry(value: $0.key, count: $0.value) }.sorted { $0.value < $1.value }
    }

    /// - Parameter entries: in ascending order, at most one for each bucket.
    init(ascending entries: [Entry]) { self.entries = entries }

    public var isEmpty: Bool { entries.isEmpty }

    /// The number of recorded values.
    public var count: Int64 { entries.reduce(0) { $0 + $1.count } }

    public func merged(with other: Self) -> Self { Self(entries + other.entries) }

    /// The smallest recorded value that is at least as large as the fraction `quantile` of all values, where
    /// `censored` further values count as larger than every recorded one. Nil where the quantile falls among these,
    /// or there is no value.
    public func quantile(_ quantile: Double, censored: Int64 = 0) -> Int64? {
        precondition((0...1).contains(quantile), "a quantile lies between 0 and 1")
        let total = count + censored
        let rank = max(1, Int64((quantile * Double(total)).rounded(.up)))
        var seen: Int64 = 0
        for entry in entries {
            seen += entry.count
            if seen >= rank { return entry.value }
        }
        return nil
    }

    /// The mean of the recorded values; nil where there is none.
    public var mean: Double? {
        let count = count
        guard count > 0 else { return nil }
        return entries.reduce(0.0) { $0 + Double($1.value) * Double($1.count) } / Double(count)
    }
}

extension SparseHistogram: Codable {
    public init(from decoder: any Decoder) throws {
        if var list = try? decoder.unkeyedContainer() {
            self.init(try Self.entries(&list))
            return
        }
        let text = try decoder.singleValueContainer()
        let compact = try text.decode(Data.self)
        do {
            try self.init(compact: Array(compact))
        } catch {
            throw DecodingError.dataCorruptedError(in: text, debugDescription: "the histogram: \(error)")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var text = encoder.singleValueContainer()
        try text.encode(Data(compact))
    }

    /// Reads the form of schema 1.
    private static func entries(_ list: inout any UnkeyedDecodingContainer) throws -> [Entry] {
        var entries: [Entry] = []
        var total: Int64 = 0
        while !list.isAtEnd {
            var pair = try list.nestedUnkeyedContainer()
            let entry = Entry(value: try pair.decode(Int64.self), count: try pair.decode(Int64.self))
            guard pair.isAtEnd, (0...largestValue).contains(entry.value), entry.count > 0,
                entry.value > (entries.last?.value ?? -1)
            else {
                throw DecodingError.dataCorruptedError(
                    in: list,
                    debugDescription:
                        "a histogram is a list of [value, count] with ascending values up to \(largestValue)")
            }
            guard entry.count <= largestCount - total else {
                throw DecodingError.dataCorruptedError(
                    in: list, debugDescription: "a histogram holds at most \(largestCount) values")
            }
            total += entry.count
            entries.append(entry)
        }
        return entries
    }
}
