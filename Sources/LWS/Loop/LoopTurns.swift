import CLibwebsockets

/// Calls its body before and after each poll of a loop while it is started.
final class LoopTurns {
    private let before: UnsafeMutablePointer<uv_prepare_t>
    private let after: UnsafeMutablePointer<uv_check_t>
    private var isStarted = false
    private var isClosed = false
    /// Returns whether to continue.
    private let body: () -> Bool

    init(on uv: UnsafeMutablePointer<uv_loop_t>, _ body: @escaping () -> Bool) {
        self.body = body
        before = .allocate(capacity: 1)
        after = .allocate(capacity: 1)
        uv_prepare_init(uv, before)
        uv_check_init(uv, after)
        before.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        after.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    func start() {
        guard !isStarted, !isClosed else { return }
        isStarted = true
        uv_prepare_start(before) { handle in LoopTurns.of(handle!.pointee.data).turn() }
        uv_check_start(after) { handle in LoopTurns.of(handle!.pointee.data).turn() }
    }

    private static func of(_ pointer: UnsafeMutableRawPointer) -> LoopTurns {
        Unmanaged.fromOpaque(pointer).takeUnretainedValue()
    }

    private func turn() {
        guard !body() else { return }
        isStarted = false
        uv_prepare_stop(before)
        uv_check_stop(after)
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        uv_prepare_stop(before)
        uv_check_stop(after)
        closeThenFree(before)
        closeThenFree(after)
    }

    deinit { close() }
}
