import Synchronization

/// Adds up what the loops of a server renewed, each once.
final class RenewalCount: Sendable {
    private let state: Mutex<(missing: Int, total: Int)>

    init(loops: Int) { state = Mutex((loops, 0)) }

    /// The sum, with the last loop's share; nil before.
    func add(_ count: Int) -> Int? {
        state.withLock { state in
            state.missing -= 1
            state.total += count
            return state.missing == 0 ? state.total : nil
        }
    }
}
