/// Short names of the cells of a run: the parts of their ids that differ.
public struct CellNames: Sendable {
    private var names: [String: String] = [:]

    public init(_ ids: some Sequence<String>) {
        let parts = Dictionary(ids.map { ($0, Self.parts(of: $0)) }, uniquingKeysWith: { first, _ in first })
        guard let first = parts.values.first else { return }
        let shared = parts.values.reduce(Set(first)) { $0.intersection($1) }
        let short = parts.mapValues { parts in parts.filter { !shared.contains($0) }.joined(separator: ".") }
        // Two cells may differ only in how often they have a part.
        guard parts.count > 1, Set(short.values).count == short.count, !short.values.contains("") else { return }
        names = short
    }

    /// The short name of a cell; its id where it has none.
    public subscript(id: String) -> String { names[id] ?? id }

    /// Splits at points, but not within `polling-0.2s`.
    private static func parts(of id: String) -> [Substring] {
        var parts: [Substring] = []
        var start = id.startIndex
        for index in id.indices where id[index] == "." {
            let next = id.index(after: index)
            let isDecimal =
                index > start && id[id.index(before: index)].isNumber && next < id.endIndex && id[next].isNumber
            guard !isDecimal else { continue }
            parts.append(id[start..<index])
            start = next
        }
        return parts + [id[start...]]
    }
}
