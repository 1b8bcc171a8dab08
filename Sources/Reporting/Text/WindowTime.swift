/// Places in windows of some length, and that length, in the unit that suits it.
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

    /// To a tenth: samples are not taken to the millisecond.
    func text(_ seconds: Double) -> String {
        Decimals.plain((place(seconds) * 10).rounded() / 10) + " " + unit
    }
}
