internal import ExperimentModel
internal import Glibc
internal import Measurement

/// What the primary comparisons of a run say.
struct PrimaryReading {
    private let primary: PrimaryAnalysis
    private let subject: Subject
    private let reference: Subject

    /// Nil where nothing is asked first, and where no trial of it is there.
    init?(_ analysis: Analysis) {
        guard let primary = analysis.primary, let pair = primary.plan.pairs.first,
            let subject = analysis.cells.first(where: { $0.cell.id == pair.cell }),
            let reference = analysis.cells.first(where: { $0.cell.id == pair.against })
        else { return nil }
        self.primary = primary
        self.subject = subject.subject
        self.reference = reference.subject
    }

    private var names: (String, String) {
        subject.name == reference.name ? (subject.label, reference.label) : (subject.name, reference.name)
    }

    // MARK: Words

    /// The answer in one line, without a full stop.
    var headline: String {
        let (first, second) = names
        guard primary.look != nil else { return "Too few blocks to compare \(first) with \(second)" }
        func metrics(_ isOf: (PrimaryAnalysis.Result) -> Bool) -> String? {
            let found = primary.results.filter(isOf).map(\.metric.title)
            return found.isEmpty ? nil : Prose.list(found)
        }
        let equal = metrics { $0.isDecided && $0.comparison.isEquivalent }
        let lower = metrics { $0.isDecided && !$0.comparison.isEquivalent && $0.comparison.isLower }
        let higher = metrics { $0.isDecided && !$0.comparison.isEquivalent && $0.comparison.isHigher }
        let open = metrics { !$0.isDecided }
        let parts = [
            lower.map { "\(first) has the lower \($0)" }, higher.map { "\(second) has the lower \($0)" },
            equal.map { "\(first) and \(second) do not differ by anything that matters in \($0)" },
            open.map { "\($0) \(lower ?? higher ?? equal == nil ? "of \(first) and \(second) " : "")stayed open" },
        ].compactMap { $0 }
        return parts.joined(separator: "; ")
    }

    /// One for each metric.
    var sentences: [String] {
        let conditions = primary.plan.pairs.count
        return primary.results.enumerated().map { index, result in
            let text = sentence(result)
            if index == 0, conditions > 1 { return "Over \(conditions) conditions together, \(text)" }
            return text.prefix(1).uppercased() + text.dropFirst()
        }
    }

    /// What the table shows.
    var note: String {
        let conditions = Decimals.count(primary.plan.pairs.count, "condition")
        let blocks = Decimals.count(primary.look ?? primary.blocks, "block")
        let pairs = primary.results.map(\.comparison.pairs).max() ?? 0
        return
            "\(subject.label) against \(reference.label), \(conditions) together: \(Decimals.count(pairs, "pair")) of "
            + "trials in \(blocks) of at most \(primary.plan.blocks). An interval has the ratios that are not ruled out; "
            + "that any of them is wrong has a probability of at most 5 %, over all metrics and looks."
    }

    private func sentence(_ result: PrimaryAnalysis.Result) -> String {
        let (first, second) = names
        let place = "in \(result.metric.title) \(first)"
        let range = Self.range(result)
        guard result.unusable == 0 else {
            let pairs = Decimals.count(result.unusable, "pair")
            return "\(result.metric.title) cannot be compared: in \(pairs) the figure was not reached or is zero."
        }
        guard result.isDecided else {
            return "\(place) lies \(range) from \(second), which leaves open whether they differ. "
                + [found(result), outlook(result)].compactMap { $0 }.joined(separator: " ")
        }
        let comparison = result.comparison
        guard comparison.isLower || comparison.isHigher else {
            return "\(place) lies \(range) from \(second): one that matters, \(Self.beyond(result)), is ruled out."
        }
        let certain = "\(place) is certainly \(comparison.isLower ? "lower" : "higher") than \(second) (\(range))"
        return certain
            + (comparison.isEquivalent ? ", which does not matter: a difference does \(Self.beyond(result))." : ".")
    }

    /// `−7 % to +19 %`.
    private static func range(_ result: PrimaryAnalysis.Result) -> String {
        guard let interval = result.interval else { return Decimals.change(result.ratio) }
        let ends = [interval.lowerBound, interval.upperBound].map(Decimals.change)
        return ends[0] == ends[1] ? ends[0] : "\(ends[0]) to \(ends[1])"
    }

    /// `from 20 % on`, `from 10 ms on (13 times as much)`.
    private static func beyond(_ result: PrimaryAnalysis.Result) -> String {
        let fraction = Decimals.percent(result.criterion.margin)
        guard let milliseconds = result.criterion.milliseconds, result.margin > 1 + result.criterion.margin else {
            return "from \(fraction) on"
        }
        return
            "from \(Unit.nanoseconds.text(milliseconds * 1e6)) on, here \(Decimals.significant(result.margin, digits: 2)) times as much"
    }

    private func found(_ result: PrimaryAnalysis.Result) -> String? {
        result.detectable.map { "This run would have found a difference of \(Decimals.percent($0 - 1))." }
    }

    private func outlook(_ result: PrimaryAnalysis.Result) -> String? {
        guard let blocks = primary.blocksToDecide(result) else { return nil }
        let time =
            primary.secondsPerBlock.map { " (\(WindowTime(longest: $0 * Double(blocks)).text($0 * Double(blocks))))" }
            ?? ""
        return "About \(Decimals.count(blocks, "more block", "more blocks"))\(time) would decide it."
    }

    // MARK: The table

    var table: PageTable {
        PageTable(
            "\(subject.label) against \(reference.label)",
            columns: [
                .init(title: ""), .init(title: "Verdict"), .init(title: "Difference", note: "not ruled out"),
                .init(title: "Matters"), .init(title: "Would have found"), .init(title: "To decide"),
            ],
            rows: primary.results.map { result in
                PageTable.Row(
                    heading: result.metric.title,
                    cells: [
                        verdict(result),
                        PageTable.Cell(
                            text: Decimals.change(result.ratio),
                            note: Words(
                                result.interval == nil ? "" : Self.range(result))),
                        PageTable.Cell(text: Self.beyond(result)),
                        PageTable.Cell(text: result.detectable.map { "\(Decimals.percent($0 - 1)) more" } ?? "–"),
                        PageTable.Cell(
                            text: primary.blocksToDecide(result).map { Decimals.count($0, "more block", "more blocks") }
                                ?? "–"),
                    ])
            })
    }

    private func verdict(_ result: PrimaryAnalysis.Result) -> PageTable.Cell {
        let comparison = result.comparison
        guard result.isDecided else { return PageTable.Cell(text: "open", chip: "undecided") }
        let direction = comparison.isLower ? "lower" : comparison.isHigher ? "higher" : nil
        guard comparison.isEquivalent else {
            return PageTable.Cell(text: direction ?? "", chip: Words(direction ?? ""))
        }
        return PageTable.Cell(
            text: "equivalent", note: Words(direction.map { "certainly \($0), but within the margin" } ?? ""),
            chip: "equivalent")
    }
}

extension PrimaryAnalysis {
    /// About so many more blocks decide it with a probability of 0.9; nil where it is decided, or too far off to say.
    func blocksToDecide(_ result: Result) -> Int? {
        guard !result.isDecided, result.unusable == 0, let design = result.comparison.design(), !plan.pairs.isEmpty
        else {
            return nil
        }
        let estimate = abs(result.comparison.estimate)
        // A difference of this size has to be found: the one that there is, or what keeps it from mattering.
        let distance = max(estimate, log(result.margin) - estimate)
        guard distance > 0, let pairs = design.pairs(toDetect: distance) else { return nil }
        let needed = (pairs + plan.pairs.count - 1) / plan.pairs.count
        return max(1, needed - result.comparison.pairs / plan.pairs.count)
    }
}
