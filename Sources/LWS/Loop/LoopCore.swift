import CLibwebsockets
import Glibc
import Synchronization
import Threads

/// The part of a loop that other threads may use: its wake-up and its queue of tasks.
///
/// The wake-up is our own event descriptor, which is watched for edges and never read. libuv's (`uv_async_send`)
/// costs a `read` for each wake and a second look at the descriptor. And where the sender shares a processor with the
/// loop, the loop wakes in the middle of the call and spins for the rest of it.
final class LoopCore: Sendable {
    // libuv's loop is confined to the loop's thread.
    nonisolated(unsafe) let uv: UnsafeMutablePointer<uv_loop_t>
    private nonisolated(unsafe) var poll: UnsafeMutablePointer<uv_poll_t>?
    /// Open for as long as any thread may write to it, which is longer than the loop reads it.
    private let signal: Int32

    private struct Inbox {
        var tasks: [@Sendable (LoopContext) -> Void] = []
        var isClosed = false
    }
    private let inbox = Mutex(Inbox())

    private let end = Latch()

    init() throws {
        signal = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard signal >= 0 else { throw LWSError("eventfd", "no descriptors left: raise `ulimit -n`") }
        uv = .allocate(capacity: 1)
        // Where this throws, `deinit` releases what was acquired so far.
        guard uv_loop_init(uv) == 0 else {
            // libuv 1.44 leaves it open.
            let epoll = uv_backend_fd(uv)
            if epoll >= 0 { Glibc.close(epoll) }
            throw LWSError("uv_loop_init", "no descriptors left: raise `ulimit -n`")
        }
    }

    deinit {
        uv.deallocate()
        Glibc.close(signal)
    }

    /// Connects the wake-up to its context. On the loop's thread.
    func bind(_ context: LoopContext) {
        let poll = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
        self.poll = poll
        uv_poll_init(uv, poll, signal)
        poll.pointee.data = Unmanaged.passUnretained(context).toOpaque()
        uv_poll_start(poll, Int32(UV_READABLE.rawValue)) { handle, _, _ in
            LoopContext.of(handle!.pointee.data)?.wokenUp()
        }
    }

    /// Runs the loop's first turn, in which libuv begins to poll the descriptor (level-triggered). On the loop's
    /// thread.
    func turnFirst() {
        uv_run(uv, UV_RUN_NOWAIT)
        let result = tandem_epoll_edge(uv_backend_fd(uv), signal)
        precondition(result == 0, "epoll_ctl(MOD) failed for a descriptor that libuv polls: errno \(errno)")
    }

    /// Disconnects the wake-up before its context ends. On the loop's thread.
    func unbind() {
        guard let poll else { return }
        self.poll = nil
        uv_poll_stop(poll)
        closeThenFree(poll)
    }

    func submit(_ task: @escaping @Sendable (LoopContext) -> Void) {
        let isFirst = inbox.withLock { inbox in
            guard !inbox.isClosed else { return false }
            inbox.tasks.append(task)
            return inbox.tasks.count == 1
        }
        if isFirst { wake() }
    }

    /// Not under a lock, because on a shared processor the loop runs before the call returns.
    func wake() {
        eventfd_write(signal, 1)
    }

    func takeTasks() -> [@Sendable (LoopContext) -> Void] {
        inbox.withLock { inbox in
            defer { inbox.tasks = [] }
            return inbox.tasks
        }
    }

    /// The loop's thread has finished its work.
    func markEnded() { end.open() }

    func ended() async { await end.wait() }

    /// Closes what is left on the libuv loop, and the loop itself. The last call on the loop's thread.
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
