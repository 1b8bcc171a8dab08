/// Removes the chunked transfer coding from a body (RFC 9112, section 7.1), in pieces of any size and without
/// copying.
public struct ChunkedDecoder {
    public enum Outcome: Equatable, Sendable {
        case more
        /// The last chunk and the trailer section have passed. What follows does not belong to the body.
        case complete
        /// The bytes are not in this coding.
        case malformed
    }

    private enum State {
        case size(hasDigits: Bool)
        /// The rest of the line of a size, where anything goes.
        case restOfSize
        case chunkExtension(ChunkExtension)
        case sizeLineFeed
        case content
        case contentReturn
        case contentLineFeed
        case trailer(TrailerLine)
        case trailerLineFeed(isEmptyLine: Bool)
        case complete
    }

    /// The place within `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )` (RFC 9112, section 7.1.1).
    private enum ChunkExtension {
        /// White space that only a semicolon may end.
        case beforeSemicolon
        case beforeName
        case name
        case afterName
        case beforeValue
        case token
        case quoted
        case escaped
        case afterValue
    }

    private enum TrailerLine {
        case start
        case name
        case value
    }

    private var state = State.size(hasDigits: false)
    /// Bytes of the latest input up to the end of the coding, or all of them.
    package private(set) var taken = 0
    private var remaining = 0

    /// Whether extensions and trailers, which are ignored, must be well formed (RFC 9112, sections 7.1.1 and 7.1.2).
    /// Browsers do not check that.
    private let isStrict: Bool

    public init(isStrict: Bool = false) { self.isStrict = isStrict }

    /// Passes the content to `emit` in pieces. A piece ends where a chunk or the input ends. `emit` returns whether
    /// to continue; once it has returned false, the decoder must not be used again.
    public mutating func decode(
        _ bytes: UnsafeRawBufferPointer, _ emit: (UnsafeRawBufferPointer) -> Bool
    ) -> Outcome {
        var index = 0
        defer { taken = index }
        while index < bytes.count {
            if case .content = state {
                let count = min(remaining, bytes.count - index)
                remaining -= count
                if remaining == 0 { state = .contentReturn }
                index += count
                guard emit(UnsafeRawBufferPointer(rebasing: bytes[index - count..<index])) else { return .more }
                continue
            }
            guard step(bytes[index]) else { return .malformed }
            index += 1
            if case .complete = state { return .complete }
        }
        return .more
    }

    /// Takes one byte of framing. Returns false where it is invalid.
    private mutating func step(_ byte: UInt8) -> Bool {
        switch (state, byte) {
        case (.size(let hasDigits), _):
            if let digit = byte.hexadecimalValue {
                // A size that does not fit is invalid. It may have any number of leading zeros.
                guard remaining < 1 << 58 else { return false }
                remaining = remaining << 4 | Int(digit)
                state = .size(hasDigits: true)
                return true
            }
            guard hasDigits, byte == 0x0D || byte == UInt8(ascii: ";") || byte.isBlank else { return false }
            state = byte == 0x0D ? .sizeLineFeed : .restOfSize
            if isStrict, byte != 0x0D { state = .chunkExtension(byte.isBlank ? .beforeSemicolon : .beforeName) }
        case (.restOfSize, _):
            if byte == 0x0D { state = .sizeLineFeed }
            return byte != 0x0A
        case (.chunkExtension(let place), _):
            guard let next = Self.step(place, byte) else { return false }
            state = next
        case (.sizeLineFeed, 0x0A):
            state = remaining > 0 ? .content : .trailer(.start)
        case (.contentReturn, 0x0D):
            state = .contentLineFeed
        case (.contentLineFeed, 0x0A):
            state = .size(hasDigits: false)
        case (.trailer(.start), 0x0D):
            state = .trailerLineFeed(isEmptyLine: true)
        case (.trailer(.start), _) where isStrict, (.trailer(.name), _):
            if byte == UInt8(ascii: ":"), case .trailer(.name) = state {
                state = .trailer(.value)
            } else {
                state = .trailer(.name)
                return byte.isTokenCharacter
            }
        case (.trailer, _):
            state = byte == 0x0D ? .trailerLineFeed(isEmptyLine: false) : .trailer(.value)
            return byte == 0x0D || isText(byte)
        case (.trailerLineFeed(let isEmptyLine), 0x0A):
            state = isEmptyLine ? .complete : .trailer(.start)
        default:
            return false
        }
        return true
    }

    /// Takes one byte of chunk extensions; nil where it is invalid.
    private static func step(_ place: ChunkExtension, _ byte: UInt8) -> State? {
        switch (place, byte) {
        case (.name, 0x0D), (.token, 0x0D), (.afterValue, 0x0D): .sizeLineFeed
        case (.quoted, UInt8(ascii: "\"")): .chunkExtension(.afterValue)
        case (.quoted, UInt8(ascii: "\\")): .chunkExtension(.escaped)
        case (.quoted, _), (.escaped, _): byte.isFieldText ? .chunkExtension(.quoted) : nil
        case (.beforeSemicolon, UInt8(ascii: ";")), (.name, UInt8(ascii: ";")), (.afterName, UInt8(ascii: ";")),
            (.token, UInt8(ascii: ";")), (.afterValue, UInt8(ascii: ";")):
            .chunkExtension(.beforeName)
        case (.name, UInt8(ascii: "=")), (.afterName, UInt8(ascii: "=")): .chunkExtension(.beforeValue)
        case (.beforeValue, UInt8(ascii: "\"")): .chunkExtension(.quoted)
        case (.name, _) where byte.isBlank: .chunkExtension(.afterName)
        case (.token, _) where byte.isBlank, (.afterValue, _) where byte.isBlank: .chunkExtension(.beforeSemicolon)
        case (_, _) where byte.isBlank: .chunkExtension(place)
        case (.beforeName, _), (.name, _): byte.isTokenCharacter ? .chunkExtension(.name) : nil
        case (.beforeValue, _), (.token, _): byte.isTokenCharacter ? .chunkExtension(.token) : nil
        default: nil
        }
    }

    private func isText(_ byte: UInt8) -> Bool { isStrict ? byte.isFieldText : byte != 0x0A }
}
