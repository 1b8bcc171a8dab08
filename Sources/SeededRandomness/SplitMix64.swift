/// Random numbers in eight bytes of state that follow from a seed, the same on every machine; any seed, however regular, turns into
/// well mixed words.
///
/// SplitMix64 by Steele, Lea and Flood ("Fast Splittable Pseudorandom Number Generators", 2014). Not for secrets.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// A number of the range, each as likely as the others to within one part in 2^64 of the range's width.
    ///
    /// Written out here, since the standard library may change how it draws, and a seed would no longer replay.
    public mutating func next(in range: ClosedRange<Int64>) -> Int64 {
        let width = UInt64(bitPattern: range.upperBound &- range.lowerBound)
        guard width < .max else { return Int64(bitPattern: next()) }
        return range.lowerBound &+ Int64(bitPattern: next().multipliedFullWidth(by: width + 1).high)
    }
}
