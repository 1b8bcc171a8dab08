/// A number of a key: its name in a JWK, and how many bytes it has.
public struct KeyMember: Hashable, Sendable {
    public let name: String
    public let bytes: ClosedRange<Int>
    /// Whether it is in the half of the key that signs, and may be absent from one that verifies.
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
