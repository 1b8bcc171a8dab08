import CLibwebsockets
import Glibc

/// Sees what libwebsockets does not: that the peer of an HTTP/1.1 stream has left, and that its socket can be written again.
///
/// While an HTTP/1.1 response streams, libwebsockets does not read, so a FIN would spin the loop at full load and leak the
/// descriptor. Such sockets have libwebsockets' own interest switched off, and stand in an edge-triggered epoll set of
/// ours, which the libuv loop polls as one descriptor: no system call per update.
final class SocketWatcher {
    private let epoll: Int32
    private let poll: UnsafeMutablePointer<uv_poll_t>
    private var isClosed = false
    /// Called with the token given to `watch`, and what happened.
    var event: ((_ token: UInt64, _ hasLeft: Bool, _ isWritable: Bool) -> Void)?

    init(on uv: UnsafeMutablePointer<uv_loop_t>) throws {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw LWSError("epoll_create1", "no descriptors left: raise `ulimit -n`") }
        poll = .allocate(capacity: 1)
        uv_poll_init(uv, poll, epoll)
        poll.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        uv_poll_start(poll, Int32(UV_READABLE.rawValue)) { handle, _, _ in
            Unmanaged<SocketWatcher>.fromOpaque(handle!.pointee.data).takeUnretainedValue().collect()
        }
    }

    func watch(_ socket: Int32, token: UInt64) {
        var failure: Int32 = 0
        tandem_epoll_add(epoll, socket, EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue, token, &failure)
        precondition(failure == 0, "epoll_ctl(ADD) failed for a socket that is ours and open: errno \(errno)")
    }

    func unwatch(_ socket: Int32) {
        _ = epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nil)
    }

    private func collect() {
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 256) { events in
            let count = epoll_wait(epoll, events.baseAddress, Int32(events.count), 0)
            guard count > 0 else { return }
            for index in 0..<Int(count) {
                let flags = events[index].events
                let left = flags & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
                event?(events[index].data.u64, left, flags & EPOLLOUT.rawValue != 0)
            }
        }
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        event = nil
        uv_poll_stop(poll)
        closeThenFree(poll)
        Glibc.close(epoll)
    }

    deinit { close() }
}
