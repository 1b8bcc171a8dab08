/// The head of a request that satisfies every rule (RFC 9112, section 3; RFC 9113, section 8.3).
package struct RequestHead: Sendable {
    /// How the end of a body is found (RFC 9112, section 6.3).
    package enum Framing: Equatable, Sendable {
        /// No body.
        case none
        /// By its length in bytes.
        case length(Int)
        /// By the chunked coding or, over HTTP/2, by the end of the stream.
        case chunked
    }

    struct Field: Sendable {
        var name: Range<Int>
        var value: Range<Int>
    }

    let bytes: [UInt8]
    let fields: [Field]
    package let method: String
    /// Percent-decoded, except `%2F`, which is no slash; `*` for the whole server. Dot segments are kept.
    package let path: String
    let query: Range<Int>
    package let isHTTP10: Bool
    /// The host in the target or, if it has none, in the Host field.
    package internal(set) var host: String?
    package var framing: Framing = .none
    package var expectsContinue = false
    /// Whether the connection ends with the response (RFC 9112, section 9.3).
    package var closes: Bool
    /// Whether the request is the opening handshake of a WebSocket (RFC 6455, section 4.2.1).
    package var opensWebSocket = false

    init(bytes: [UInt8], fields: [Field], line: RequestLine) {
        self.bytes = bytes
        self.fields = fields
        method = line.method
        path = line.path
        query = line.query
        isHTTP10 = line.isHTTP10
        closes = line.isHTTP10
    }

    /// The values of all fields with this lower-case name, in order, without surrounding white space.
    package func values(_ name: String) -> [String] { ranges(of: name).map(text) }

    /// The ranges of these values.
    func ranges(of name: String) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var name = name
        name.withUTF8 { name in
            bytes.withUnsafeBufferPointer { bytes in
                for field in fields where UnsafeBufferPointer(rebasing: bytes[field.name]).isNamed(name) {
                    found.append(field.value)
                }
            }
        }
        return found
    }

    /// The value of a field. The values of several fields are joined with commas (RFC 9110, section 5.3). Nil where
    /// it is absent or empty.
    package func value(_ name: String) -> String? {
        if name == "host" { return host }
        let ranges = ranges(of: name)
        guard let first = ranges.first else { return nil }
        let joined = ranges.count == 1 ? text(first) : ranges.map(text).joined(separator: ", ")
        return joined.isEmpty ? nil : joined
    }

    /// The fields whose names begin with `prefix`, in lower case and in order.
    func fields(beginningWith prefix: String) -> [(name: String, value: String)] {
        fields.compactMap { field in
            guard bytes[field.name].prefix(prefix.utf8.count).isNamed(prefix) else { return nil }
            return (text(field.name).lowercased(), text(field.value))
        }
    }

    /// The elements of a field that is a list (RFC 9110, section 5.6.1).
    var offeredSubprotocols: [String] {
        elements("sec-websocket-protocol").map { String(decoding: $0, as: UTF8.self) }
    }

    func elements(_ name: String) -> [ArraySlice<UInt8>] {
        var found: [ArraySlice<UInt8>] = []
        for range in ranges(of: name) {
            var rest = bytes[range]
            while !rest.isEmpty {
                let comma = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.endIndex
                let element = rest[..<comma].trimmed
                if !element.isEmpty { found.append(element) }
                rest = rest[comma...].dropFirst()
            }
        }
        return found
    }

    /// Every value of a query parameter, percent-decoded.
    package func queries(_ name: String) -> [String] {
        bytes[query].split(separator: UInt8(ascii: "&")).compactMap { parameter in
            let end = parameter.firstIndex(of: UInt8(ascii: "=")) ?? parameter.endIndex
            guard end < parameter.endIndex, PercentEncoding.decode(parameter[..<end], isForm: true) == name else {
                return nil
            }
            return PercentEncoding.decode(parameter[(end + 1)...], isForm: true)
        }
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

extension BidirectionalCollection<UInt8> where SubSequence == Self {
    /// Without surrounding white space (RFC 9110, section 5.6.3).
    package var trimmed: Self {
        var rest = self
        while let first = rest.first, first.isBlank { rest = rest.dropFirst() }
        while let last = rest.last, last.isBlank { rest = rest.dropLast() }
        return rest
    }
}

extension ArraySlice<UInt8> {
    /// Whether it equals `name`, which is in lower case, ignoring case.
    func isNamed(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { name in withUnsafeBufferPointer { $0.isNamed(name) } }
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate func isNamed(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard count == name.count else { return false }
        for index in indices where self[index].lowercased != name[index] { return false }
        return true
    }
}

extension UInt8 {
    /// A space or a tab.
    var isBlank: Bool { self == 0x20 || self == 0x09 }

    var isDigit: Bool { (0x30...0x39).contains(self) }

    var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }

    /// `tchar` of RFC 9110, section 5.6.2.
    var isTokenCharacter: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    /// Whether it may occur within the value of a field (RFC 9110, section 5.5).
    var isFieldText: Bool { self >= 0x20 && self != 0x7F || self == 0x09 }

    var hexadecimalValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
        }
    }
}
