import Yams

/// Finds the line of a member in a JSON file. JSON is YAML 1.2, and the YAML reader knows lines.
package enum MemberLine {
    /// The maximum size of a file that is read a second time for this, in bytes.
    private static let largestFile = 16 * 1024 * 1024

    /// The line of a member, from 1, or that of the innermost existing value around it; nil where neither can be
    /// found.
    /// - Parameter member: names and indices from the outside in.
    package static func of(_ member: [String], in json: some Collection<UInt8>) -> Int? {
        guard !member.isEmpty, json.count <= largestFile,
            var node = try? compose(yaml: String(decoding: json, as: UTF8.self))
        else {
            return nil
        }
        for name in member {
            guard let inner = node[name] ?? Int(name).flatMap({ node[$0] }) else { break }
            node = inner
        }
        return node.mark?.line
    }

    /// The line of the member that a decoding error, or one of `ResultNumbers`, names.
    package static func of(_ error: any Error, in json: some Collection<UInt8>) -> Int? {
        let member: [String]
        switch error {
        case let refusal as ResultNumbers.Rejection: member = refusal.field.split(separator: ".").map(String.init)
        case DecodingError.keyNotFound(_, let context), DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context), DecodingError.dataCorrupted(let context):
            member = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
        default: return nil
        }
        return of(member, in: json)
    }
}
