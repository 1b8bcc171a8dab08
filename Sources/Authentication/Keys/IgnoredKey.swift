public import OrderUpdates

/// A key of a set that is not used, and why. The other keys of the set are used (RFC 7517, section 5).
public struct IgnoredKey: Hashable, Sendable, CustomStringConvertible {
    /// Its index in `keys`.
    public let index: Int
    public let kid: KeyID?
    /// What is wrong with it and what to do, without any of its numbers.
    public let reason: String

    public var description: String {
        let name = kid.map { " (kid \(String(reflecting: String($0.description.prefix(64)))))" } ?? ""
        return "keys[\(index)]\(name): \(reason)"
    }

    /// Whether it is the same key, rejected for the same reason, at whatever index of another set.
    func isSame(as other: Self) -> Bool {
        reason == other.reason && kid == other.kid && (kid != nil || index == other.index)
    }
}
