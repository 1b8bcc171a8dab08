package import OrderUpdates

extension StreamPosition {
    /// As `init(_:)` of a text, for the hot path of a client: no String is made. Nil where the bytes are not a
    /// position in canonical form.
    package init?(bytes: UnsafeRawBufferPointer) {
        guard let dash = bytes.firstIndex(of: UInt8(ascii: "-")),
            let epoch = Self.number(bytes[..<dash], radix: 16),
            let offset = Self.number(bytes[(dash + 1)...], radix: 10)
        else { return nil }
        self.init(epoch: epoch, offset: offset)
    }

    /// Nil where there are no digits, where they begin with a superfluous zero, or where the number does not fit.
    private static func number(_ digits: Slice<UnsafeRawBufferPointer>, radix: UInt64) -> UInt64? {
        guard let first = digits.first, first != 0x30 || digits.count == 1 else { return nil }
        var value: UInt64 = 0
        for byte in digits {
            let digit: UInt64
            switch byte {
            case 0x30...0x39: digit = UInt64(byte) - 0x30
            case 0x61...0x66 where radix == 16: digit = UInt64(byte) - 0x57
            default: return nil
            }
            let (product, overflow) = value.multipliedReportingOverflow(by: radix)
            let (sum, carry) = product.addingReportingOverflow(digit)
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }
}
