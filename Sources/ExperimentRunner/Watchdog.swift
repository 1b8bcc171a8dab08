import Synchronization

/// Calls a closure unless it is cancelled in time.
final class Watchdog: Sendable {
    private let fired: Fired
    private let task: Task<Void, Never>

    private final class Fired: Sendable {
        let value = Atomic(false)
    }

    init(_ limit: Duration, _ action: @escaping @Sendable () -> Void) {
        let fired = Fired()
        self.fired = fired
        task = Task {
            try? await Task.sleep(for: limit)
            guard !Task.isCancelled else { return }
            fired.value.store(true, ordering: .releasing)
            action()
        }
    }

    var hasFired: Bool { fired.value.load(ordering: .acquiring) }

    func cancel() { task.cancel() }
}
