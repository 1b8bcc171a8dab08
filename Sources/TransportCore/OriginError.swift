/// Why a text cannot be the origin of any page, and what to write instead.
public struct OriginError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
}
