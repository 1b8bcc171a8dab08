/// A number of a key: its name in a JWK, and its length in bytes.
public struct KeyMember: Hashable, Sendable {
    public let name: String
    public let bytes: ClosedRange<Int>
    /// Whether it belongs to the private half of the key. A key that only verifies may lack it.
    public let isPrivate: Bool

    init(_ name: String, _ bytes: ClosedRange<Int>) {
        self.name = name
        self.bytes = bytes
        isPrivate = false
    }

    init(secret name: String, _ bytes: ClosedRange<Int>) {
        self.name = name
        self.bytes = bytes
        isPrivate = true
    }
}

/// The numbers of a key, decoded, by their names in a JWK; big-endian where they are numbers.
public typealias KeyMembers = [String: [UInt8]]
