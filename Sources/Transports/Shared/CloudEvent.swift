import LWS

/// The members of a CloudEvent in structured or batched mode that are used (CloudEvents 1.0.2, JSON format, section
/// 3).
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
            throw Ingest.Rejection(
                status: 400, detail: "data_base64 is not taken: send the update as an object in data")
        }
        specversion = try members.decode(String.self, forKey: .specversion)
        id = try members.decode(String.self, forKey: .id)
        source = try members.decode(String.self, forKey: .source)
        type = try members.decode(String.self, forKey: .type)
        time = try members.decodeIfPresent(String.self, forKey: .time)
        data = try members.decode(Ingest.Item.self, forKey: .data)
    }

    /// The update, with the event's source and time where it has none of its own.
    /// - Parameter fields: those of the request. They must agree with the event, because structured mode may repeat
    ///   its attributes (HTTP binding, section 3.2.3).
    func item(beside fields: CloudEventFields?) throws(Ingest.Rejection) -> Ingest.Item {
        let own = ["specversion": specversion, "id": id, "source": source, "type": type, "time": time]
        if let fields, let name = fields.values.keys.sorted().first(where: { own[$0] != fields.values[$0] }) {
            throw Ingest.Rejection(
                status: 400,
                detail: "ce-\(name) is not the \(name) of the event: leave the field out, or make them equal"
            )
        }
        guard specversion == "1.0", !id.isEmpty, !source.isEmpty, !type.isEmpty else {
            throw Ingest.Rejection(
                status: 400, detail: "a CloudEvent needs specversion 1.0, and an id, a source and a type")
        }
        return try data.with(source: source, timestamp: time)
    }
}

/// The attributes of a CloudEvent in binary mode, which are header fields (CloudEvents 1.0.2, HTTP binding, section
/// 3.1).
package struct CloudEventFields {
    /// The attributes that are used, by their names; never empty.
    let values: [String: String]

    /// Nil where the request has none of the fields: its body is plain JSON.
    /// - Parameter fields: the fields whose names begin with `ce-`, in lower case.
    package init?(_ fields: [(name: String, value: String)]) throws(Ingest.Rejection) {
        var names: Set<String> = []
        var values: [String: String] = [:]
        for (name, value) in fields {
            guard names.insert(name).inserted else {
                throw Ingest.Rejection(status: 400, detail: "\(name) stands twice: an event has an attribute once")
            }
            let attribute = String(name.dropFirst(3))
            guard ["specversion", "id", "source", "type", "time"].contains(attribute), !value.isEmpty else { continue }
            guard let decoded = Self.decoded(value) else {
                throw Ingest.Rejection(status: 400, detail: "\(name) is not UTF-8 with per cent encoding")
            }
            values[attribute] = decoded
        }
        guard !values.isEmpty else { return nil }
        self.values = values
    }

    /// The source and the time of the event whose data is a body of plain JSON.
    package func attributes() throws(Ingest.Rejection) -> (source: String, time: String?) {
        guard values["specversion"] == "1.0", let source = values["source"], !source.isEmpty,
            values["id"]?.isEmpty == false, values["type"]?.isEmpty == false
        else {
            throw Ingest.Rejection(
                status: 400,
                detail: "a CloudEvent in binary mode needs ce-specversion 1.0, and ce-id, ce-source and ce-type")
        }
        return (source, values["time"])
    }

    /// Section 3.1.3.2: a value may be within quotation marks, and has characters other than printable ASCII encoded.
    private static func decoded(_ value: String) -> String? {
        var rest = Array(value.utf8)[...]
        if rest.count >= 2, rest.first == UInt8(ascii: "\""), rest.last == UInt8(ascii: "\"") {
            rest = rest.dropFirst().dropLast()
        }
        return String(validating: PercentEncoding.octets(rest), as: UTF8.self)
    }
}
