/// The name of an order: 1 to 128 characters of RFC 3986's unreserved set, so that it needs no escaping anywhere. It
/// is neither `.` nor `..`, because resolving a reference removes these from a path (section 5.2.4).
public struct OrderID: Hashable, Sendable, CustomStringConvertible {
    public static let maximumLength = 128
    public let description: String

    /// Nil where `text` is empty, too long, `.` or `..`, or holds another character than `A-Z a-z 0-9 - . _ ~`.
    @inlinable  // Each request makes one of a Substring, from another module.
    public init?(_ text: some StringProtocol) {
        let bytes = text.utf8
        guard !bytes.isEmpty, bytes.count <= Self.maximumLength, bytes.allSatisfy(Self.isUnreserved),
            bytes.count > 2 || !bytes.allSatisfy({ $0 == UInt8(ascii: ".") })
        else { return nil }
        description = String(text)
    }

    @usableFromInline
    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
