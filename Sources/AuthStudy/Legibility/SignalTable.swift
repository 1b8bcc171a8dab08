import Glibc

/// The signals that one client received of each cause, and the information that they carry.
package struct SignalTable: Hashable, Sendable {
    package struct Row: Hashable, Sendable {
        package var cause: String
        /// One for each repetition.
        package var signals: [String]

        /// Without duplicates, sorted.
        var distinct: [String] { Set(signals).sorted() }
    }

    /// In the order of reports.
    package private(set) var rows: [Row] = []

    package init() {}

    package mutating func add(_ signal: String, of cause: String) {
        if let index = rows.firstIndex(where: { $0.cause == cause }) {
            rows[index].signals.append(signal)
        } else {
            rows.append(Row(cause: cause, signals: [signal]))
        }
    }

    /// The formula of `bits`.
    package static let formula =
        "I = sum over c, s of p(c,s) * log2(p(c,s) / (p(c) * p(s))), with p(c) = 1/n and p(s|c) as it was observed."

    /// The mutual information of cause and signal for equally likely causes (`formula`): 0 where all causes look alike, `mostBits` where
    /// each has a signal of its own.
    package var bits: Double {
        let count = Double(rows.count)
        // p(c,s), row by row, and p(s).
        let joint = rows.map { row in
            Dictionary(row.signals.map { ($0, 1 / Double(row.signals.count) / count) }, uniquingKeysWith: +)
        }
        var total: [String: Double] = [:]
        for row in joint { total.merge(row, uniquingKeysWith: +) }
        // Sorted, so that rounding is the same in each run. `max` removes a negative rounding error.
        let terms = joint.flatMap { row in
            row.sorted { $0.key < $1.key }.map { $0.value * log2($0.value * count / (total[$0.key] ?? 1)) }
        }
        return max(0, terms.reduce(0, +))
    }

    /// The information in a cause: log2 of the number of causes.
    package var mostBits: Double { log2(Double(max(rows.count, 1))) }

    /// The probability of guessing each cause from a cause's signal, where every cause with that signal is equally likely: by the actual
    /// cause and then by the guessed one. A row sums to 1.
    package var confusion: [String: [String: Double]] {
        var showed: [String: [String]] = [:]
        for row in rows { for signal in row.distinct { showed[signal, default: []].append(row.cause) } }
        let none = Dictionary(rows.map { ($0.cause, 0.0) }, uniquingKeysWith: +)
        var matrix: [String: [String: Double]] = [:]
        for row in rows {
            var shares = none
            for signal in row.signals {
                let causes = showed[signal] ?? []
                for other in causes {
                    shares[other, default: 0] += 1 / Double(row.signals.count) / Double(causes.count)
                }
            }
            matrix[row.cause] = shares
        }
        return matrix
    }

    /// Groups of causes with exactly the same signals, the largest first.
    package var alike: [[String]] {
        let groups = Dictionary(grouping: rows) { Set($0.signals) }.values.map { $0.map(\.cause) }
        return groups.sorted { $0.count != $1.count ? $0.count > $1.count : $0.lexicographicallyPrecedes($1) }
    }

    /// The causes whose signal differed between repetitions.
    package var unsteady: [String] { rows.filter { $0.distinct.count > 1 }.map(\.cause) }
}
