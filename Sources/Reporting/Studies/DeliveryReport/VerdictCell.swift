internal import Measurement

/// A verdict as a chip, with the ratio and its interval beneath.
struct VerdictCell {
    let contrast: PairComparison

    init(_ contrast: PairComparison) { self.contrast = contrast }

    var cell: PageTable.Cell {
        let chip = contrast.verdict == .notEnoughData ? "undecided" : contrast.verdict.rawValue
        return PageTable.Cell(
            text: contrast.verdict.text, note: Words(isDoubtful ? "\(change), within A/A noise" : change),
            aside: Words(range), chip: Words(chip))
    }

    /// A difference that two identical cells show as well.
    var isDoubtful: Bool { contrast.isWithinNoise && (contrast.verdict == .lower || contrast.verdict == .higher) }

    /// `−12 %`; empty without a ratio.
    var change: String { contrast.ratio.flatMap { $0.isFinite ? Decimals.change($0) : nil } ?? "" }

    /// `−15 % to −9.1 %`; empty without an interval.
    var range: String {
        guard let interval = contrast.interval, interval.upperBound.isFinite else { return "" }
        return "\(Decimals.change(interval.lowerBound)) to \(Decimals.change(interval.upperBound))"
    }
}
