import Synchronization

/// Tokens whose signatures have been verified lately, so that a client that comes back with its token costs no signature again.
///
/// Only what is true for good is kept: that this key signed these bytes, and what they say. Which keys count, whether the token has
/// expired and whether it has been revoked is asked each time, as of one never seen. A token that was refused is not kept, so that
/// nobody without a good one can displace others'.
final class VerifiedTokens: Sendable {
    struct Entry {
        /// The header's name for the key; nil where it names none.
        var kid: String?
        var fingerprint: Int
        var claims: TokenClaims
    }

    private struct Generations {
        var recent: [[UInt8]: Entry] = [:]
        var older: [[UInt8]: Entry] = [:]
    }

    private let generations = Mutex(Generations())
    private let capacity: Int

    /// - Parameter capacity: how many are kept; 0 for none.
    init(capacity: Int) {
        precondition(capacity >= 0, "a capacity is no debt")
        self.capacity = capacity
    }

    func find(_ token: [UInt8]) -> Entry? {
        guard capacity > 0 else { return nil }
        return generations.withLock { generations in
            if let entry = generations.recent[token] { return entry }
            guard let entry = generations.older.removeValue(forKey: token) else { return nil }
            keep(token, entry, in: &generations)
            return entry
        }
    }

    func keep(_ token: [UInt8], _ entry: Entry) {
        guard capacity > 0 else { return }
        generations.withLock { keep(token, entry, in: &$0) }
    }

    /// Half of the capacity each: those that were not asked for while the younger half filled are forgotten at once.
    private func keep(_ token: [UInt8], _ entry: Entry, in generations: inout Generations) {
        if generations.recent.count >= max(1, capacity / 2) {
            generations.older = capacity > 1 ? generations.recent : [:]
            generations.recent = [:]
        }
        generations.recent[token] = entry
    }
}
