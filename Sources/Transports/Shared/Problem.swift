public import LWS

extension Response {
    public static func json(_ status: Int, _ body: [UInt8], headers: [(name: String, value: String)] = []) -> Response {
        Response(status: status, headers: [("content-type", "application/json")] + headers, body: body)
    }

    /// An error as problem details (RFC 9457).
    public static func problem(
        _ status: Int, _ detail: String, headers: [(name: String, value: String)] = [], closes: Bool = false
    ) -> Response {
        var body: [UInt8] = Array("{\"type\":\"about:blank\",\"title\":".utf8)
        body.appendJSONString(reasonPhrase(status))
        body += ",\"status\":\(status),\"detail\":".utf8
        body.appendJSONString(detail)
        body.append(UInt8(ascii: "}"))
        return Response(
            status: status,
            headers: [("content-type", "application/problem+json"), ("cache-control", "no-store")] + headers,
            body: body, closes: closes)
    }

    static func problem(_ refusal: Rejection) -> Response {
        .problem(refusal.status, refusal.detail, headers: refusal.allHeaders, closes: refusal.closes)
    }
}

extension [UInt8] {
    /// A JSON string (RFC 8259, section 7).
    mutating func appendJSONString(_ text: String) {
        append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0..<0x20:
                let hexadecimal = Array("0123456789abcdef".utf8)
                self += "\\u00".utf8
                append(hexadecimal[Int(byte >> 4)])
                append(hexadecimal[Int(byte & 15)])
            default: append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }
}
