import LWS

/// What is used of a CloudEvent in structured or batched mode (CloudEvents 1.0.2, JSON format, section 3).
struct CloudEvent: Decodable {
    var specversion: String
    var id: String
    var source: String
    var type: String
    var time: String?
    var data: Ingest.Item

    private enum CodingKeys: String, CodingKey {
        case specversion, id, source, type, time, data
        case base64 = "data_base64"
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        guard !members.contains(.base64) else {
            throw Ingest.Refusal(status: 400, detail: "data_base64 is not taken: send the update as an object in data")
        }
        specversion = try members.decode(String.self, forKey: .specversion)
        id = try members.decode(String.self, forKey: .id)
        source = try members.decode(String.self, forKey: .source)
        type = try members.decode(String.self, forKey: .type)
        time = try members.decodeIfPresent(String.self, forKey: .time)
        data = try members.decode(Ingest.Item.self, forKey: .data)
    }

    /// The update, which has the event's source and time where it has none of its own.
    func item() throws(Ingest.Refusal) -> Ingest.Item {
        guard specversion == "1.0", !id.isEmpty, !source.isEmpty, !type.isEmpty else {
            throw Ingest.Refusal(
                status: 400, detail: "a CloudEvent needs specversion 1.0, and an id, a source and a type")
        }
        return try data.with(source: source, timestamp: time)
    }
}

/// The attributes of a CloudEvent in binary mode, which stand in header fields (CloudEvents 1.0.2, HTTP binding, section 3.1).
///
/// Over HTTP/1.1 alone: libwebsockets 4.1 drops such fields over HTTP/2.
package struct CloudEventFields {
    package let source: String
    package let time: String?

    /// Nil where the request has none of the fields: its body is plain JSON.
    /// - Parameter field: the value of a header field by its lower-case name.
    package init?(_ field: (_ name: String) -> String?) throws(Ingest.Refusal) {
        var values: [String: String] = [:]
        for name in ["specversion", "id", "source", "type", "time"] {
            guard let value = field("ce-\(name)") else { continue }
            guard let decoded = Self.decoded(value) else {
                throw Ingest.Refusal(status: 400, detail: "ce-\(name) is not UTF-8 with per cent encoding")
            }
            values[name] = decoded
        }
        guard !values.isEmpty else { return nil }
        guard values["specversion"] == "1.0", let source = values["source"], !source.isEmpty,
            values["id"]?.isEmpty == false, values["type"]?.isEmpty == false
        else {
            throw Ingest.Refusal(
                status: 400,
                detail: "a CloudEvent in binary mode needs ce-specversion 1.0, and ce-id, ce-source and ce-type")
        }
        self.source = source
        time = values["time"]
    }

    /// Section 3.1.3.2: a value may stand within quotation marks, and has what is not printable ASCII encoded.
    private static func decoded(_ value: String) -> String? {
        var rest = Array(value.utf8)[...]
        if rest.count >= 2, rest.first == UInt8(ascii: "\""), rest.last == UInt8(ascii: "\"") {
            rest = rest.dropFirst().dropLast()
        }
        return String(validating: PercentEncoding.octets(rest), as: UTF8.self)
    }
}
