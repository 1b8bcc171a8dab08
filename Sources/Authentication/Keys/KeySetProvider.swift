/// Provides the keys that are valid now.
///
/// It is asked once for each token, on a loop's thread, so it answers from memory without waiting. A fixed `KeySet`
/// is its own provider. A provider that follows a rotation replaces its set under a short lock.
public protocol KeySetProvider: Sendable {
    var current: KeySet { get }
    /// Reports a token whose key is not in the set. A rotation may have added it since. Returns at once.
    func missesKey()
    /// Calls `notify`, on any thread, whenever the keys have changed.
    func watchKeys(_ notify: @escaping @Sendable () -> Void)
}

extension KeySetProvider {
    public func missesKey() {}
    public func watchKeys(_ notify: @escaping @Sendable () -> Void) {}
}
