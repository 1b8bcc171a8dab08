import Synchronization

/// Adds up how many streams the loops of a server renewed. Each loop adds its number once.
final class RenewalCount: Sendable {
    private let state: Mutex<(missing: Int, total: Int)>

    init(loops: Int) { state = Mutex((loops, 0)) }

    /// The sum, once the last loop has added its number; nil before.
    func add(_ count: Int) -> Int? {
        state.withLock { state in
            state.missing -= 1
            state.total += count
            return state.missing == 0 ? state.total : nil
        }
    }
}
