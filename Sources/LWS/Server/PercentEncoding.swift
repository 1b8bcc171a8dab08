/// Percent-encoding (RFC 3986, section 2.1).
package enum PercentEncoding {
    /// What is wrong with encoded text.
    enum Fault {
        /// A `%` without two hexadecimal digits.
        case incomplete
        /// An encoded line end or NUL.
        case control
    }

    static func fault(in bytes: ArraySlice<UInt8>) -> Fault? {
        var index = bytes.startIndex
        while let percent = bytes[index...].firstIndex(of: UInt8(ascii: "%")) {
            guard let byte = octet(at: percent, in: bytes) else { return .incomplete }
            if byte == 0 || byte == 0x0A || byte == 0x0D { return .control }
            index = percent + 3
        }
        return nil
    }

    /// - Parameter isForm: whether `+` is a space, as in the queries of forms. If not, an encoded slash stays
    ///   encoded.
    static func decode(_ bytes: ArraySlice<UInt8>, isForm: Bool) -> String {
        let plus = UInt8(ascii: "+")
        guard bytes.contains(where: { $0 == UInt8(ascii: "%") || isForm && $0 == plus }) else {
            return String(decoding: bytes, as: UTF8.self)
        }
        let text = isForm ? bytes.map { $0 == plus ? 0x20 : $0 }[...] : bytes
        return String(decoding: octets(text) { isForm || $0 != UInt8(ascii: "/") }, as: UTF8.self)
    }

    /// Decodes each `%XX` whose octet is accepted by `isMeant`, and copies everything else.
    package static func octets(_ bytes: ArraySlice<UInt8>, where isMeant: (UInt8) -> Bool = { _ in true }) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "%"), let octet = octet(at: index, in: bytes), isMeant(octet) {
                decoded.append(octet)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return decoded
    }

    private static func octet(at index: Int, in bytes: ArraySlice<UInt8>) -> UInt8? {
        guard bytes.endIndex - index > 2, let high = bytes[index + 1].hexadecimalValue,
            let low = bytes[index + 2].hexadecimalValue
        else { return nil }
        return high << 4 | low
    }
}
