import CLibwebsockets

/// A libuv timer on its loop's thread. It ends with the loop.
public final class LoopTimer {
    private let handle: UnsafeMutablePointer<uv_timer_t>
    private var isClosed = false
    private let body: () -> Void

    init(on uv: UnsafeMutablePointer<uv_loop_t>, _ body: @escaping () -> Void) {
        self.body = body
        handle = .allocate(capacity: 1)
        uv_timer_init(uv, handle)
        handle.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    /// Calls the body after `milliseconds`, once or repeatedly. Replaces an earlier start.
    public func start(milliseconds: UInt64, repeats: Bool = false) {
        guard !isClosed else { return }
        uv_timer_start(
            handle,
            { handle in
                Unmanaged<LoopTimer>.fromOpaque(handle!.pointee.data).takeUnretainedValue().body()
            }, milliseconds, repeats ? milliseconds : 0)
    }

    /// Calls the body once after `milliseconds`, unless a call is already due.
    func startUnlessDue(milliseconds: UInt64) {
        guard !isClosed, handle.withMemoryRebound(to: uv_handle_t.self, capacity: 1, { uv_is_active($0) }) == 0 else {
            return
        }
        start(milliseconds: milliseconds)
    }

    public func stop() {
        guard !isClosed else { return }
        uv_timer_stop(handle)
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        uv_timer_stop(handle)
        closeThenFree(handle)
    }

    deinit { close() }
}
