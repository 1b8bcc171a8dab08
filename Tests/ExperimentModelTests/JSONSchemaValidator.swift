/// As much of JSON Schema 2020-12 as our schema uses; a keyword that it does not know is an error, not ignored.
struct JSONSchemaValidator {
    let root: JSONValue

    struct UnknownKeyword: Error {
        var keyword: String
    }

    /// Where the value breaks the schema, one line each; empty if nowhere.
    func errors(in value: JSONValue) throws -> [String] { try errors(in: value, by: root, at: "$") }

    private func errors(in value: JSONValue, by schema: JSONValue, at place: String) throws -> [String] {
        if case .bool(let allowed) = schema { return allowed ? [] : ["\(place): not allowed"] }
        guard let keywords = schema.object else { throw UnknownKeyword(keyword: "\(schema)") }
        var errors: [String] = []
        func demand(_ condition: Bool, _ message: String) {
            if !condition { errors.append("\(place): \(message)") }
        }
        for (keyword, rule) in keywords {
            switch keyword {
            case "$schema", "$id", "$defs", "title", "description", "properties", "then", "else": break
            case "$ref": errors += try self.errors(in: value, by: try target(of: rule), at: place)
            case "type": demand(matches(value, type: rule.string ?? ""), "is not of type \(rule)")
            case "const": demand(value == rule, "is not \(rule)")
            case "enum": demand(rule.array?.contains(value) == true, "is none of \(rule)")
            case "minimum": demand(value.double.map { $0 >= rule.double ?? .nan } ?? true, "is too small")
            case "maximum": demand(value.double.map { $0 <= rule.double ?? .nan } ?? true, "is too large")
            case "exclusiveMinimum": demand(value.double.map { $0 > rule.double ?? .nan } ?? true, "is too small")
            case "minLength":
                demand(
                    value.string.map { Double($0.unicodeScalars.count) >= rule.double ?? .nan } ?? true, "is too short")
            case "pattern":
                let pattern = try Regex(rule.string ?? "(")
                demand(value.string.map { $0.contains(pattern) } ?? true, "does not match \(rule)")
            case "required":
                for name in rule.array?.compactMap(\.string) ?? [] {
                    demand(value.object.map { $0[name] != nil } ?? true, "lacks '\(name)'")
                }
            case "additionalProperties":
                for name in value.object?.keys.sorted() ?? [] where keywords["properties"]?.object?[name] == nil {
                    errors += try self.errors(in: .null, by: rule, at: "\(place).\(name)")
                }
            case "minItems": demand(value.array.map { Double($0.count) >= rule.double ?? .nan } ?? true, "is too short")
            case "prefixItems":
                for (index, pair) in zip(value.array ?? [], rule.array ?? []).enumerated() {
                    errors += try self.errors(in: pair.0, by: pair.1, at: "\(place)[\(index)]")
                }
            case "items":
                let first = keywords["prefixItems"]?.array?.count ?? 0
                for (index, item) in (value.array ?? []).enumerated().dropFirst(first) {
                    errors += try self.errors(in: item, by: rule, at: "\(place)[\(index)]")
                }
            case "if":
                let branch = try self.errors(in: value, by: rule, at: place).isEmpty ? "then" : "else"
                if let schema = keywords[branch] { errors += try self.errors(in: value, by: schema, at: place) }
            default: throw UnknownKeyword(keyword: keyword)
            }
        }
        for (name, schema) in keywords["properties"]?.object ?? [:] {
            guard let member = value.object?[name] else { continue }
            errors += try self.errors(in: member, by: schema, at: "\(place).\(name)")
        }
        return errors
    }

    private func target(of reference: JSONValue) throws -> JSONValue {
        let name = reference.string?.split(separator: "/").last.map(String.init) ?? ""
        guard reference.string == "#/$defs/" + name, let schema = root.object?["$defs"]?.object?[name] else {
            throw UnknownKeyword(keyword: "$ref \(reference)")
        }
        return schema
    }

    private func matches(_ value: JSONValue, type: String) -> Bool {
        switch (type, value) {
        case ("object", .object), ("array", .array), ("string", .string), ("boolean", .bool), ("null", .null),
            ("integer", .integer), ("number", .integer), ("number", .number):
            true
        default: false
        }
    }
}
