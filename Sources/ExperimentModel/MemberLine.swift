import Yams

/// Where a member of a JSON file stands: JSON is YAML 1.2, and its reader tells places.
package enum MemberLine {
    /// Bytes of a file that is read a second time for a place.
    private static let largestFile = 16 * 1024 * 1024

    /// The line of a member, from 1, or that of the innermost value around it that is there; nil where none can be told.
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

    /// The line of what an error of decoding, or of `ResultNumbers`, names.
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
