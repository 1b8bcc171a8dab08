import Yams

/// A node of a YAML file that knows its position, and refuses unexpected values.
struct StrictNode {
    let node: Node
    /// The key of the node, for messages: `measureSeconds`.
    let key: String
    let file: String

    func failure(
        _ code: ExperimentFileError.Code, _ message: String, suggestion: String? = nil, valid: [String] = []
    ) -> ExperimentFileError {
        ExperimentFileError(
            code, message, file: file, line: node.mark?.line, column: node.mark?.column, suggestion: suggestion,
            valid: valid)
    }

    /// A value that YAML takes for text: `title: 5` needs quotes.
    func text() throws(ExperimentFileError) -> String {
        guard case .scalar(let scalar) = node, Resolver.default.resolveTag(of: node) == .str, !scalar.string.isEmpty
        else {
            throw failure(
                .wrongType, "'\(key)' must be text, but is \(found)\(node.scalar == nil ? "" : "; put it in quotes")")
        }
        return scalar.string
    }

    /// A name of lower-case letters, digits and hyphens. It becomes a part of file names and cell ids.
    func identifier() throws(ExperimentFileError) -> String {
        guard case .scalar(let scalar) = node else {
            throw failure(.wrongType, "'\(key)' must be a name, but is \(found)")
        }
        try StrictNode.checkIdentifier(scalar.string, at: self)
        return scalar.string
    }

    static func checkIdentifier(_ name: String, at place: StrictNode) throws(ExperimentFileError) {
        let legal = name.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
        }
        guard legal, !name.isEmpty, name.utf8.count <= 64 else {
            throw place.failure(
                .outOfRange,
                "the name '\(name)' becomes part of file names: use 1 to 64 lower-case letters, digits and hyphens")
        }
    }

    /// One of these names, with or without quotes.
    func name(among valid: [String]) throws(ExperimentFileError) -> String {
        guard case .scalar(let scalar) = node else {
            throw failure(.wrongType, "'\(key)' must be a name, but is \(found)", valid: valid)
        }
        guard valid.contains(scalar.string) else {
            throw failure(
                .unknownName, "unknown \(key) '\(scalar.string)'",
                suggestion: NearestName.of(scalar.string, among: valid), valid: valid)
        }
        return scalar.string
    }

    /// Whether it is this one name, written without quotes.
    func isName(_ name: String) -> Bool { plain == name }

    func integer(_ range: ClosedRange<Int>) throws(ExperimentFileError) -> Int {
        guard let plain, let value = Int(plain) else { throw noNumber("a whole number") }
        guard range.contains(value) else {
            throw failure(
                .outOfRange, "'\(key)' is \(value), and must lie between \(range.lowerBound) and \(range.upperBound)")
        }
        return value
    }

    func number() throws(ExperimentFileError) -> Double {
        // Double() alone would accept 'nan', 'inf' and hexadecimal numbers.
        guard let plain, plain.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let value = Double(plain),
            value.isFinite
        else { throw noNumber("a number") }
        return value
    }

    private func noNumber(_ wanted: String) -> ExperimentFileError {
        // In YAML 1.1 `1_000` is 1000; in the core schema of YAML 1.2 it is text.
        let isGrouped = plain.map { $0.contains("_") && Double($0.filter { $0 != "_" }) != nil } ?? false
        return failure(
            .wrongType, "'\(key)' must be \(wanted), but is \(found)\(isGrouped ? ": leave the underscores out" : "")")
    }

    func number(_ range: ClosedRange<Double>) throws(ExperimentFileError) -> Double {
        let value = try number()
        guard range.contains(value) else {
            let (least, most) = (Self.shown(range.lowerBound), Self.shown(range.upperBound))
            throw failure(
                .outOfRange, "'\(key)' is \(plain ?? Self.shown(value)), and must lie between \(least) and \(most)")
        }
        return value
    }

    func flag() throws(ExperimentFileError) -> Bool {
        switch plain {
        case "true": return true
        case "false": return false
        default: throw failure(.wrongType, "'\(key)' must be true or false, but is \(found)")
        }
    }

    /// The elements of a list, or a single value instead of one.
    func oneOrMore() throws(ExperimentFileError) -> [StrictNode] {
        guard case .sequence(let sequence) = node else { return [self] }
        guard !sequence.isEmpty else { throw failure(.outOfRange, "'\(key)' is an empty list; leave it out instead") }
        return sequence.map { StrictNode(node: $0, key: key, file: file) }
    }

    func list() throws(ExperimentFileError) -> [StrictNode] {
        guard case .sequence = node else { throw failure(.wrongType, "'\(key)' must be a list, but is \(found)") }
        return try oneOrMore()
    }

    func mapping(keys: [String]) throws(ExperimentFileError) -> StrictMapping {
        try StrictMapping(self, keys: keys)
    }

    /// The value of a scalar without quotes.
    private var plain: String? {
        guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else { return nil }
        return scalar.string
    }

    /// The text of the node, for messages.
    var found: String {
        switch node {
        case .scalar(let scalar) where scalar.string.isEmpty && scalar.style != .doubleQuoted: "missing"
        case .scalar(let scalar): "'\(scalar.string)'"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .alias: "an alias"
        }
    }

    /// A number for people: a whole number without a point.
    static func shown(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
