import CLibwebsockets
import Synchronization

/// What of a loop other threads may touch: the libuv loop's wake-up and the inbox of tasks.
final class LoopCore: Sendable {
    // libuv's loop is confined to the loop's thread, except for uv_async_send, which may be called from anywhere.
    nonisolated(unsafe) let uv: UnsafeMutablePointer<uv_loop_t>
    private nonisolated(unsafe) let signal: UnsafeMutablePointer<uv_async_t>

    private struct Inbox {
        var tasks: [@Sendable (LoopContext) -> Void] = []
        var isClosed = false
    }
    private let inbox = Mutex(Inbox())

    init() throws {
        uv = .allocate(capacity: 1)
        signal = .allocate(capacity: 1)
        guard uv_loop_init(uv) == 0 else { throw LWSError("uv_loop_init", "no descriptors left: raise `ulimit -n`") }
        uv_async_init(uv, signal) { handle in
            LoopContext.of(handle!.pointee.data)?.wokenUp()
        }
        signal.pointee.data = nil
    }

    deinit {
        signal.deallocate()
        uv.deallocate()
    }

    /// Binds the wake-up to its context. On the loop's thread.
    func bind(_ context: LoopContext) {
        signal.pointee.data = Unmanaged.passUnretained(context).toOpaque()
    }

    func submit(_ task: @escaping @Sendable (LoopContext) -> Void) {
        // The wake is sent under the lock: after `close` has set `isClosed` no thread touches the handle.
        inbox.withLock { inbox in
            guard !inbox.isClosed else { return }
            inbox.tasks.append(task)
            if inbox.tasks.count == 1 { uv_async_send(signal) }
        }
    }

    func wake() {
        inbox.withLock { inbox in
            guard !inbox.isClosed else { return }
            uv_async_send(signal)
        }
    }

    func takeTasks() -> [@Sendable (LoopContext) -> Void] {
        inbox.withLock { inbox in
            guard !inbox.tasks.isEmpty else { return [] }
            defer { inbox.tasks = [] }
            return inbox.tasks
        }
    }

    /// Closes what is left on the libuv loop and the loop itself. On the loop's thread, as its last act.
    func close() {
        inbox.withLock { inbox in
            inbox.isClosed = true
            inbox.tasks = []
        }
        uv_walk(
            uv,
            { handle, _ in
                if uv_is_closing(handle) == 0 { uv_close(handle, nil) }
            }, nil)
        uv_run(uv, UV_RUN_DEFAULT)
        uv_loop_close(uv)
    }
}
