import LWS
import Synchronization

/// The loops of one server, for what concerns them all: revocations, renewals.
final class ServerFleet: Sendable {
    private let loops = Mutex<[EventLoop]>([])

    /// Before the first request.
    func add(_ loop: EventLoop) { loops.withLock { $0.append(loop) } }

    var count: Int { loops.withLock { $0.count } }

    /// Runs a task on every loop's thread.
    func submit(_ task: @escaping @Sendable (ServerLoop) -> Void) {
        for loop in loops.withLock({ $0 }) {
            loop.submit { context in (context.delegate as? ServerLoop).map(task) }
        }
    }
}
