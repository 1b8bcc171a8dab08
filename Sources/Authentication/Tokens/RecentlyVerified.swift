import Synchronization

/// What was found in bytes whose signature has been verified lately, so that it is not worked out again when they return.
///
/// Only what is true for good may be kept. Nothing of a token that was refused is, so that nobody without a good one can displace
/// others'.
final class RecentlyVerified<Value: Sendable>: Sendable {
    private struct Generations {
        var recent: [[UInt8]: Value] = [:]
        var older: [[UInt8]: Value] = [:]
    }

    private let generations = Mutex(Generations())
    private let capacity: Int

    /// - Parameter capacity: how many are kept; 0 for none.
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

    /// Half of the capacity each: those that were not asked for while the younger half filled are forgotten at once.
    private func keep(_ value: Value, of bytes: [UInt8], in generations: inout Generations) {
        if generations.recent.count >= max(1, capacity / 2) {
            generations.older = capacity > 1 ? generations.recent : [:]
            generations.recent = [:]
        }
        generations.recent[bytes] = value
    }
}
