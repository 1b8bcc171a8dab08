import ArgumentParser
import LWS

/// Checks options that are numbers. Infinity and NaN never pass, because no range contains them.
enum OptionRange {
    /// - Throws: `ValidationError` with the range.
    static func check<Number: Comparable>(_ name: String, _ value: Number, in range: ClosedRange<Number>) throws {
        guard !range.contains(value) else { return }
        throw ValidationError(
            "\(name) takes \(text(range.lowerBound)) to \(text(range.upperBound)), not \(text(value))")
    }

    /// Confines the process to a list of processors.
    ///
    /// - Throws: `CommandFailure` where it is not a list, or the machine lacks one of them.
    static func pin(to list: String) throws {
        do {
            try Processors.pin(to: list)
        } catch let error as LWSError {
            throw CommandFailure(.usage, "--cpu: \(error.message)")
        }
    }

    /// Whole numbers without a point.
    private static func text(_ value: some Comparable) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
