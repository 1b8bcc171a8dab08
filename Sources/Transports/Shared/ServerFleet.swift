import LWS
import Synchronization

/// All loops of one server, for what concerns all of them: revocations and renewals.
final class ServerFleet: Sendable {
    private let loops = Mutex<[EventLoop]>([])

    /// Called before the first request.
    func add(_ loop: EventLoop) { loops.withLock { $0.append(loop) } }

    var count: Int { loops.withLock { $0.count } }

    /// Runs a task on every loop's thread.
    func submit(_ task: @escaping @Sendable (ServerLoop) -> Void) {
        for loop in loops.withLock({ $0 }) {
            loop.submit { context in (context.delegate as? ServerLoop).map(task) }
        }
    }
}
