/// The name of somebody or something, compared, ordered and hashed by the bytes of its UTF-8.
///
/// Swift compares a `String` by canonical equivalence, under which KELVIN SIGN followed by `ate` equals `Kate`, and
/// both spellings of `é` are equal. Such names have to be compared "with no transformations or canonicalizations"
/// (RFC 7519, section 2): two names that look the same to people or to Unicode may belong to two different persons.
/// So the types that hold an identity have no `String`.
///
/// - Note: The kind keeps apart what must not be compared: a subject is never equal to an issuer.
public struct Identity<Kind>: Hashable, Comparable, Sendable {
    @usableFromInline let text: String

    @inlinable public init(_ text: String) { self.text = text }

    @inlinable public var utf8: String.UTF8View { text.utf8 }
    @inlinable public var isEmpty: Bool { text.isEmpty }

    @inlinable public static func == (a: Self, b: Self) -> Bool {
        var (first, second) = (a.text, b.text)
        return first.withUTF8 { first in second.withUTF8 { first.elementsEqual($0) } }
    }

    @inlinable public static func < (a: Self, b: Self) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

    @inlinable public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        // A byte that UTF-8 never has marks the end, so that the parts of a larger key cannot run into each other.
        hasher.combine(0xFF as UInt8)
    }
}

extension Identity: CustomStringConvertible {
    @inlinable public var description: String { text }
}

extension Identity: ExpressibleByStringLiteral {
    @inlinable public init(stringLiteral text: String) { self.init(text) }
}

extension Identity: Codable {
    public init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// The owner of an order, and the person or program that a credential speaks for: `sub` of a token (RFC 7519, section
/// 4.1.2), the common name of a certificate.
public typealias Subject = Identity<SubjectKind>
public enum SubjectKind {}
