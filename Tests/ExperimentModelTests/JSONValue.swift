import Foundation

/// Any JSON, with whole numbers kept apart from others.
indirect enum JSONValue: Decodable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(_ bytes: [UInt8]) throws { self = try JSONDecoder().decode(JSONValue.self, from: Data(bytes)) }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        // The most frequent first: an attempt that fails is slow.
        if let integer = try? value.decode(Int64.self) {
            self = .integer(integer)
        } else if let array = try? value.decode([JSONValue].self) {
            self = .array(array)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let object = try? value.decode([String: JSONValue].self) {
            self = .object(object)
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if value.decodeNil() {
            self = .null
        } else {
            throw DecodingError.dataCorruptedError(in: value, debugDescription: "not JSON")
        }
    }

    var object: [String: JSONValue]? { if case .object(let object) = self { object } else { nil } }
    var array: [JSONValue]? { if case .array(let array) = self { array } else { nil } }
    var string: String? { if case .string(let string) = self { string } else { nil } }
    var double: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }

    /// The value with the one at `path` replaced, or removed by nil.
    func setting(_ path: [String], _ replacement: JSONValue?) -> JSONValue {
        guard let first = path.first, var object else { return replacement ?? .null }
        object[first] = path.count == 1 ? replacement : object[first]?.setting(Array(path.dropFirst()), replacement)
        return .object(object)
    }
}
