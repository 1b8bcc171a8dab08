internal import Measurement

/// A verdict as a chip, with the ratio and its interval below.
struct VerdictCell {
    let contrast: PairComparison

    init(_ contrast: PairComparison) { self.contrast = contrast }

    var cell: PageTable.Cell {
        let chip = contrast.verdict == .notEnoughData ? "undecided" : contrast.verdict.rawValue
        return PageTable.Cell(
            text: contrast.verdict.text, note: Words(isDoubtful ? "\(change), within A/A noise" : change),
            aside: Words(range), chip: Words(chip))
    }

    /// Whether two identical cells differ as much.
    var isDoubtful: Bool { contrast.isWithinNoise && (contrast.verdict == .lower || contrast.verdict == .higher) }

    /// `−12 %`; empty if there is no ratio.
    var change: String { contrast.ratio.flatMap { $0.isFinite ? Decimals.change($0) : nil } ?? "" }

    /// `−15 % to −9.1 %`; empty if there is no interval.
    var range: String {
        guard let interval = contrast.interval, interval.upperBound.isFinite else { return "" }
        return "\(Decimals.change(interval.lowerBound)) to \(Decimals.change(interval.upperBound))"
    }
}
