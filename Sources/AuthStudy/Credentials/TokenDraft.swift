import Authentication

/// A token before it is signed. Its members are in order and in JSON text, so that they can be repeated, or have any
/// type.
struct TokenDraft {
    var header: [(name: String, json: String)]
    var claims: [(name: String, json: String)]
    /// Replaces the claims, where the payload is not an object.
    var payload: [UInt8]?

    /// Replaces the members with this name; nil removes them.
    mutating func setHeader(_ name: String, _ json: String?) { Self.set(&header, name, json) }
    mutating func set(_ name: String, _ json: String?) { Self.set(&claims, name, json) }

    private static func set(_ members: inout [(name: String, json: String)], _ name: String, _ json: String?) {
        members.removeAll { $0.name == name }
        if let json { members.append((name, json)) }
    }

    var headerBytes: [UInt8] { Self.object(header) }
    var payloadBytes: [UInt8] { payload ?? Self.object(claims) }

    private static func object(_ members: [(name: String, json: String)]) -> [UInt8] {
        Array(("{" + members.map { "\"\($0.name)\":\($0.json)" }.joined(separator: ",") + "}").utf8)
    }

    /// The token with this text instead of a signature.
    func unsigned(_ signature: String = "") -> String {
        Base64URL.encode(headerBytes) + "." + Base64URL.encode(payloadBytes) + "." + signature
    }
}

/// A text as a JSON string.
func quoted(_ text: String) -> String {
    var json = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": json += "\\\(scalar)"
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: json.unicodeScalars.append(scalar)
        }
    }
    return json + "\""
}
