import TransportCore

/// The members of a token's header or claims, as they are written.
///
/// Each name occurs once (`StrictJSON`). Of two members with one name some readers keep the first and others the
/// last, so two parties would see two tokens. RFC 7515, section 4, and RFC 7519, section 4, allow a reader to refuse
/// them; we do.
struct TokenMembers {
    private let json: [UInt8]
    private let places: [(name: String, place: Range<Int>)]

    /// Nil where the bytes are not a JSON object in UTF-8, or where a name occurs twice in an object.
    init?(json: [UInt8]) {
        guard StrictJSON.fault(in: json) == nil else { return nil }
        var places: [(name: String, place: Range<Int>)] = []
        let isObject = json.withUnsafeBytes { text in
            JSONMembers.members(of: text) { name, value in
                guard let name = JSONMembers.unescaped(name), let start = text.baseAddress,
                    let first = value.baseAddress
                else { return }
                let offset = first - start
                places.append((name, offset..<offset + value.count))
            }
        }
        guard isObject else { return nil }
        self.json = json
        self.places = places
    }

    /// The member of this name; nil where there is none. A member that is `null` exists.
    subscript(name: String) -> Value? {
        places.first { $0.name.utf8.elementsEqual(name.utf8) }.map { Value(json: json[$0.place]) }
    }

    /// A member's value. It is read when its type is asked for.
    struct Value {
        fileprivate let json: ArraySlice<UInt8>

        /// Nil where it is not a string.
        var string: String? { json.withUnsafeBytes { JSONMembers.string($0) } }

        /// A string, or an array of strings; nil where it is neither.
        var strings: [String]? {
            if let string { return [string] }
            var strings: [String] = []
            var isOther = false
            let isArray = json.withUnsafeBytes { text in
                JSONMembers.elements(of: text) { element in
                    if let string = JSONMembers.string(element) { strings.append(string) } else { isOther = true }
                }
            }
            return isArray && !isOther ? strings : nil
        }

        /// Infinite where it exceeds a double; nil where it is not a number.
        var number: Double? { Double(String(decoding: json, as: UTF8.self)) }
    }
}
