/// Bytes from the system's cryptographic generator (`getrandom` on Linux), for keys and for names that must not be
/// guessed.
func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}
