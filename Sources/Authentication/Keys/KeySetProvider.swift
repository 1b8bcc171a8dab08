/// Says which keys count now.
///
/// Asked once for each token, on a loop's thread: it answers from memory, without waiting. A fixed `KeySet` is its own
/// provider; one that follows a rotation swaps its set under a short lock.
public protocol KeySetProvider: Sendable {
    var current: KeySet { get }
    /// A token named a key that is not there: it may be one of a rotation that has not been seen. Returns at once.
    func missesKey()
    /// Has `notify` called, on any thread, whenever the keys have changed.
    func watchKeys(_ notify: @escaping @Sendable () -> Void)
}

extension KeySetProvider {
    public func missesKey() {}
    public func watchKeys(_ notify: @escaping @Sendable () -> Void) {}
}
