import Synchronization

/// The contents of tokens whose signatures were verified recently, so that they need not be verified again when the
/// tokens return.
///
/// Only facts that stay true may be stored. Nothing is stored of a token that was refused, so that a client without a
/// valid token cannot displace the entries of others.
final class RecentlyVerified<Value: Sendable>: Sendable {
    private struct Generations {
        var recent: [[UInt8]: Value] = [:]
        var older: [[UInt8]: Value] = [:]
    }

    private let generations = Mutex(Generations())
    private let capacity: Int

    /// - Parameter capacity: the maximum number of entries; 0 for none.
    init(capacity: Int) {
        precondition(capacity >= 0, "a capacity is no debt")
        self.capacity = capacity
    }

    func find(_ bytes: [UInt8]) -> Value? {
        guard capacity > 0 else { return nil }
        return generations.withLock { generations in
            if let value = generations.recent[bytes] { return value }
            guard let value = generations.older.removeValue(forKey: bytes) else { return nil }
            keep(value, of: bytes, in: &generations)
            return value
        }
    }

    func keep(_ value: Value, of bytes: [UInt8]) {
        guard capacity > 0 else { return }
        generations.withLock { keep(value, of: bytes, in: &$0) }
    }

    /// Each generation has half of the capacity. When the younger one is full, the entries of the older one that were
    /// not used meanwhile are dropped at once.
    private func keep(_ value: Value, of bytes: [UInt8], in generations: inout Generations) {
        if generations.recent.count >= max(1, capacity / 2) {
            generations.older = capacity > 1 ? generations.recent : [:]
            generations.recent = [:]
        }
        generations.recent[bytes] = value
    }
}
