/// Positions within windows, in a unit that suits the longest window.
struct WindowTime {
    /// In seconds.
    let longest: Double
    private let scale: (unit: String, seconds: Double)

    init(longest seconds: Double) {
        longest = seconds
        scale = seconds < 180 ? ("s", 1) : seconds < 10_800 ? ("min", 60) : ("h", 3_600)
    }

    var unit: String { scale.unit }

    func place(_ seconds: Double) -> Double { seconds / scale.seconds }

    /// To a tenth of the unit: the times of samples are not that precise.
    func text(_ seconds: Double) -> String {
        Decimals.plain((place(seconds) * 10).rounded() / 10) + " " + unit
    }
}
