import Measurement

/// The numbers of a result file, checked when they are read and before anything is computed from them.
///
/// A file that was written by hand or by a script is outside input: a count of -1 or 2^63 must be an error with a
/// place, and not a trap in the middle of a report. Every number of a decoded value is checked, so that a new member
/// of the model is checked without being listed. `RangedNumbers` narrows or widens the general range.
package enum ResultNumbers {
    /// The maximum number of events of a trial: a day at a million per second. It has twelve digits, so a file of
    /// `largestFile` bytes has no room for enough of them to add up to 2^63, whatever is summed.
    package static let largestCount: Int64 = SparseHistogram.largestCount
    /// The maximum of nanoseconds, bytes and fractional numbers: eleven days, a petabyte.
    package static let largestAmount: Int64 = SparseHistogram.largestValue
    /// The maximum size of a file in bytes.
    package static let largestFile = 1 << 30

    /// A number that is impossible, and its place within the value.
    package struct Rejection: Error, Hashable, CustomStringConvertible {
        /// `resources.server.cpuUserSeconds`, `samples.3.updates`.
        package private(set) var field = ""
        package let problem: String

        package var description: String { "'\(field)' \(problem)" }

        fileprivate init(problem: String) { self.problem = problem }

        fileprivate func within(_ member: String) -> Self {
            var placed = self
            placed.field = field.isEmpty ? member : "\(member).\(field)"
            return placed
        }
    }

    /// - Parameter value: a decoded value: structures, lists and dictionaries of numbers and texts.
    /// - Returns: the number of entries of its histograms, which take much less room in a file than in memory.
    @discardableResult
    package static func check(_ value: Any) throws(Rejection) -> Int {
        var entries = 0
        try check(value, named: "", in: nil, &entries)
        return entries
    }

    /// - Parameters:
    ///   - name: the member that the value is, or is an element of.
    ///   - range: the range of its type; nil for the general range.
    private static func check(
        _ value: Any, named name: String, in range: ClosedRange<Double>?, _ entries: inout Int
    ) throws(Rejection) {
        switch value {
        case is String, is Bool: return
        case let histogram as SparseHistogram: entries += histogram.entries.count
        case let number as Double: try check(number, in: range ?? 0...Double(largestAmount))
        case let number as any BinaryInteger:
            let range = range ?? 0...Double(isAmount(name) ? largestAmount : largestCount)
            try check(Double(number), in: range, shown: "\(number)")
        default: try checkMembers(of: value, named: name, in: range, &entries)
        }
    }

    private static func checkMembers(
        of value: Any, named name: String, in range: ClosedRange<Double>?, _ entries: inout Int
    ) throws(Rejection) {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional:
            if let some = mirror.children.first { try check(some.value, named: name, in: range, &entries) }
        case .dictionary:
            for entry in mirror.children {
                let pair = Array(Mirror(reflecting: entry.value).children)
                guard pair.count == 2 else { continue }
                do {
                    try check(pair[1].value, named: name, in: range, &entries)
                } catch {
                    throw error.within("\(pair[0].value)")
                }
            }
        case .collection:
            for (index, element) in mirror.children.enumerated() {
                do {
                    try check(element.value, named: name, in: range, &entries)
                } catch {
                    throw error.within("\(index)")
                }
            }
        default:
            let ranged = value as? any RangedNumbers
            let ranges = ranged.map { type(of: $0).ranges }
            for (name, member) in mirror.children {
                guard let name else { continue }
                do {
                    try check(member, named: name, in: ranges?[name], &entries)
                } catch {
                    throw error.within(name)
                }
            }
            if let (name, problem) = ranged?.rejection { throw Rejection(problem: problem).within(name) }
        }
    }

    private static func check(
        _ number: Double, in range: ClosedRange<Double>, shown: String? = nil
    ) throws(Rejection) {
        guard !range.contains(number) else { return }
        throw Rejection(
            problem: "is \(shown ?? "\(number)"), and must lie between \(text(range.lowerBound)) and "
                + text(range.upperBound))
    }

    private static func text(_ bound: Double) -> String {
        bound == bound.rounded() && abs(bound) < 1e18 ? "\(Int64(bound))" : "\(bound)"
    }

    /// Whether a whole number is a size or a time, by its name. All others are counts.
    private static func isAmount(_ name: String) -> Bool {
        amounts.contains(name) || name.hasSuffix("ytes") || name.hasSuffix("Nanoseconds") || name.hasPrefix("bytes")
            || name.hasPrefix("wireBytes")
    }

    private static let amounts: Set<String> = [
        "min", "max", "p50", "p90", "p99", "p999", "latencyP50", "latencyP99",
    ]
}

/// A type of the result files with numbers that have another range than finite and not negative.
protocol RangedNumbers {
    /// By the name of the member.
    static var ranges: [String: ClosedRange<Double>] { get }
    /// The member that does not fit the others, and what is wrong with it; nil where all agree.
    var rejection: (member: String, problem: String)? { get }
}

extension RangedNumbers {
    var rejection: (member: String, problem: String)? { nil }
}
