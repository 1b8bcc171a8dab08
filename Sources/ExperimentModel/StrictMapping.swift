import Yams

/// A mapping of a YAML file in which every key is known.
struct StrictMapping {
    let place: StrictNode
    /// In the order of the file.
    let entries: [(name: String, key: StrictNode, value: StrictNode)]

    /// - Parameter keys: the valid keys; nil where the file chooses the names.
    init(_ place: StrictNode, keys: [String]?) throws(ExperimentFileError) {
        guard case .mapping(let mapping) = place.node else {
            throw place.failure(
                .wrongType, "'\(place.key)' must be a mapping, but is \(place.found)", valid: keys ?? [])
        }
        var entries: [(name: String, key: StrictNode, value: StrictNode)] = []
        for (key, value) in mapping {
            let keyNode = StrictNode(node: key, key: place.key, file: place.file)
            guard case .scalar(let scalar) = key else {
                throw keyNode.failure(.wrongType, "a key of '\(place.key)' must be a name, but is \(keyNode.found)")
            }
            if let keys, !keys.contains(scalar.string) {
                throw keyNode.failure(
                    .unknownKey, "unknown key '\(scalar.string)' in '\(place.key)'",
                    suggestion: NearestName.of(scalar.string, among: keys), valid: keys)
            }
            entries.append((scalar.string, keyNode, StrictNode(node: value, key: scalar.string, file: place.file)))
        }
        self.place = place
        self.entries = entries
    }

    subscript(key: String) -> StrictNode? { entries.first { $0.name == key }?.value }

    func required(_ key: String) throws(ExperimentFileError) -> StrictNode {
        guard let value = self[key] else {
            throw place.failure(.missingKey, "'\(place.key)' lacks the key '\(key)'")
        }
        return value
    }

    func number(_ key: String, _ range: ClosedRange<Double>) throws(ExperimentFileError) -> Double? {
        guard let node = self[key] else { return nil }
        return try node.number(range)
    }

    func integer(_ key: String, _ range: ClosedRange<Int>) throws(ExperimentFileError) -> Int? {
        guard let node = self[key] else { return nil }
        return try node.integer(range)
    }

    func flag(_ key: String) throws(ExperimentFileError) -> Bool? {
        guard let node = self[key] else { return nil }
        return try node.flag()
    }

    /// The values of a key that holds one or a list of them; nil without the key.
    func values<Value>(
        _ key: String, _ decode: (StrictNode) throws(ExperimentFileError) -> Value
    ) throws(ExperimentFileError) -> [Value]? {
        guard let node = self[key] else { return nil }
        var values: [Value] = []
        for element in try node.oneOrMore() { values.append(try decode(element)) }
        return values
    }
}
