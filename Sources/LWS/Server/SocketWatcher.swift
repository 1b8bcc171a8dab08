import CLibwebsockets
import Glibc

/// Notices what libwebsockets does not: that the peer of an HTTP/1.1 stream has left, and that its socket is writable
/// again.
///
/// While an HTTP/1.1 response streams, libwebsockets does not read, so a FIN would make the loop spin and leak the
/// descriptor. libwebsockets' own interest in such sockets is switched off. They are in our own edge-triggered epoll
/// set, which the libuv loop polls as one descriptor, so that an update costs no system call for it.
final class SocketWatcher {
    let epoll: Int32
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

    /// Watches a socket until `unwatch`. Returns false where the system cannot watch another socket (epoll_ctl(2):
    /// ENOSPC by /proc/sys/fs/epoll/max_user_watches, ENOMEM).
    func watch(_ socket: Int32, token: UInt64) -> Bool {
        var failure: Int32 = 0
        tandem_epoll_add(epoll, socket, EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue, token, &failure)
        guard failure != 0 else { return true }
        let isFull = errno == ENOSPC || errno == ENOMEM
        precondition(isFull, "epoll_ctl(ADD) failed for a socket that is ours and open: errno \(errno)")
        return false
    }

    /// Must be called while the socket is open, and before its token is reused: a later event would be taken for one
    /// of the new owner of the token.
    func unwatch(_ socket: Int32) {
        guard !isClosed else { return }
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
