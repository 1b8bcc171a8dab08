import Clocks
import Glibc

/// Finds and parses the time in an update's payload. It runs once for each delivery and takes about 30 ns.
package struct TimestampParser: Sendable {
    private static let key: StaticString = #""timestamp":""#
    /// The bytes before the seconds, which stay the same for a minute: `2026-11-23T05:07:`.
    private static let prefixLength = 17
    private var prefix = [UInt8](repeating: 0, count: prefixLength)
    /// Nanoseconds since 1970 at the start of the prefix's minute.
    private var minute: Int64 = 0

    package init() {}

    /// The range of the value of `timestamp` in Tandem's own JSON; nil if it has none.
    package static func range(in payload: UnsafeRawBufferPointer) -> Range<Int>? {
        let length = Timestamp.length
        // It is the last member, so its place is tried before a search.
        let last = payload.count - length - key.utf8CodeUnitCount - 2
        if last >= 0, memcmp(payload.baseAddress! + last, key.utf8Start, key.utf8CodeUnitCount) == 0 {
            let start = last + key.utf8CodeUnitCount
            return start..<start + length
        }
        var index = 0
        while index + key.utf8CodeUnitCount <= payload.count {
            let base = payload.baseAddress! + index
            guard let quote = memchr(base, Int32(UInt8(ascii: "\"")), payload.count - index) else { return nil }
            index += UnsafeRawPointer(quote) - base
            guard index + key.utf8CodeUnitCount <= payload.count else { return nil }
            if memcmp(payload.baseAddress! + index, key.utf8Start, key.utf8CodeUnitCount) == 0 {
                let start = index + key.utf8CodeUnitCount
                let end = payload[start...].firstIndex(of: UInt8(ascii: "\""))
                return end.map { start..<$0 }
            }
            index += 1
        }
        return nil
    }

    /// Nanoseconds since 1970 of an RFC 3339 time; nil if the text is not one.
    package mutating func parse(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard text.count == Timestamp.length, let base = text.baseAddress, text[text.count - 1] == UInt8(ascii: "Z"),
            text[19] == UInt8(ascii: "."), text[17] <= UInt8(ascii: "5")
        else { return Timestamp.parse(text) }
        let isSameMinute = prefix.withUnsafeBytes { memcmp($0.baseAddress!, base, Self.prefixLength) == 0 }
        var rest: Int64 = 0
        for index in 17..<29 where index != 19 {
            let digit = text[index] &- 0x30
            guard digit < 10 else { return nil }
            rest = rest * 10 + Int64(digit)
        }
        if !isSameMinute {
            guard let time = Timestamp.parse(text) else { return nil }
            minute = time - rest
            prefix.withUnsafeMutableBytes { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: text[..<17])) }
        }
        return minute + rest
    }
}
