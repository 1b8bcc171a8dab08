import TransportCore

/// A JSON Pointer (RFC 6901). It scans the bytes of a text, without building values or copying.
public struct JSONPointer: Hashable, Sendable {
    private let tokens: [String]

    /// - Throws: `unsupported` if the text is not a JSON Pointer.
    public init(_ text: String) throws(LoadError) {
        guard text.isEmpty || text.hasPrefix("/") else {
            throw LoadError(.unsupported, "'\(text)' is not a JSON Pointer: write a path such as /data/timestamp")
        }
        tokens = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { token in
            // RFC 6901, section 4: `~1` is replaced first, so that `~01` becomes `~1`.
            Self.replace(Self.replace(String(token), "~1", "/"), "~0", "~")
        }
    }

    /// The position of a value in the text.
    package struct Value: Hashable {
        /// Without the quotation marks of a string.
        package var bytes: Range<Int>
        package var isString: Bool
    }

    /// The value; nil if there is none, or the text before it is not JSON. A string keeps its escapes.
    package func find(in json: UnsafeRawBufferPointer) -> Value? {
        var value = json
        for token in tokens {
            guard let inner = JSONMembers.value(token, of: value) else { return nil }
            value = inner
        }
        if tokens.isEmpty {
            guard let whole = JSONMembers.value(of: json) else { return nil }
            value = whole
        }
        guard let start = value.baseAddress.map({ $0 - json.baseAddress! }) else { return nil }
        let isString = value.first == UInt8(ascii: "\"")
        let margin = isString ? 1 : 0
        return Value(bytes: start + margin..<start + value.count - margin, isString: isString)
    }

    private static func replace(_ text: String, _ pattern: String, _ replacement: String) -> String {
        var result = ""
        var rest = text[...]
        while let character = rest.first {
            if rest.hasPrefix(pattern) {
                result += replacement
                rest = rest.dropFirst(pattern.count)
            } else {
                result.append(character)
                rest = rest.dropFirst()
            }
        }
        return result
    }
}
