/// Finds the name that a mistyped name was meant to be.
package enum NearestName {
    /// The candidate with the fewest edits, if they are few for the length of the name; else the only candidate that
    /// the name abbreviates, as `ws` does `websocket`; otherwise nil.
    package static func of(_ name: String, among candidates: [String]) -> String? {
        let limit = max(1, (name.count + 1) / 3)
        let written = Array(name.lowercased())
        var best: (name: String, edits: Int)?
        for candidate in candidates {
            let edits = distance(written, Array(candidate.lowercased()))
            if edits <= limit, edits < best?.edits ?? .max { best = (candidate, edits) }
        }
        if let best { return best.name }
        let meant = candidates.filter { abbreviates(written, $0) }
        return meant.count == 1 ? meant[0] : nil
    }

    /// Whether a candidate contains the letters of a name in their order, and begins with the first.
    private static func abbreviates(_ name: [Character], _ candidate: String) -> Bool {
        guard name.count > 1, candidate.lowercased().first == name[0] else { return false }
        var rest = name[...]
        for character in candidate.lowercased() where character == rest.first { rest.removeFirst() }
        return rest.isEmpty
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours that lead from one to the other
    /// (optimal string alignment).
    static func distance(_ one: [Character], _ other: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for (row, character) in one.enumerated() {
            var current = [row + 1]
            current.reserveCapacity(other.count + 1)
            for (column, candidate) in other.enumerated() {
                var edits = min(
                    last[column + 1] + 1, current[column] + 1, last[column] + (character == candidate ? 0 : 1))
                if row > 0, column > 0, character == other[column - 1], one[row - 1] == candidate {
                    edits = min(edits, beforeLast[column - 1] + 1)
                }
                current.append(edits)
            }
            beforeLast = last
            last = current
        }
        return last[other.count]
    }
}
