/// Says which keys count now.
///
/// Asked once for each token, on a loop's thread: it answers from memory, without waiting. A fixed `KeySet` is its own
/// provider; one that follows a rotation swaps its set under a short lock.
public protocol KeySetProvider: Sendable {
    var current: KeySet { get }
}
