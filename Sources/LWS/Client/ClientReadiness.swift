import CLibwebsockets
import Glibc

/// Waits for bytes on a socket, or for room in it.
protocol ClientReadable: AnyObject {
    /// Since the last call bytes have arrived, the socket has become writable, or the peer has closed.
    /// - Parameter hasEnded: whether nothing follows the waiting bytes. No further event reports the end.
    func becameReadable(hasEnded: Bool)
}

/// An edge-triggered epoll set of the sockets whose bytes are read directly. The libuv loop polls it as one
/// descriptor.
///
/// libwebsockets' own way takes three calls of `epoll_ctl` for each read of a response (libuv deletes and adds on
/// every change of interest), which cost more than the read. Here a socket is added once.
final class ClientReadiness {
    private let epoll: Int32
    private let poll: UnsafeMutablePointer<uv_poll_t>
    private var isClosed = false
    /// The slots of the sockets. The generation distinguishes a late event for a socket that was removed from one for
    /// the next socket in its slot.
    private var places: [(target: (any ClientReadable)?, generation: UInt32)] = []
    private var free: [Int32] = []

    init(on uv: UnsafeMutablePointer<uv_loop_t>) throws {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw LWSError("epoll_create1", "no descriptors left: raise `ulimit -n`") }
        poll = .allocate(capacity: 1)
        uv_poll_init(uv, poll, epoll)
        poll.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        uv_poll_start(poll, Int32(UV_READABLE.rawValue)) { handle, _, _ in
            Unmanaged<ClientReadiness>.fromOpaque(handle!.pointee.data).takeUnretainedValue().collect()
        }
    }

    /// Watches a socket until `remove`, and keeps the target alive. The first event comes at once.
    /// - Returns: its slot; nil where the system cannot watch another socket (epoll_ctl(2): ENOSPC by
    ///   /proc/sys/fs/epoll/max_user_watches, ENOMEM).
    func add(_ socket: Int32, _ target: any ClientReadable) -> Int32? {
        let place: Int32
        if let index = free.popLast() {
            place = index
            places[Int(place)].target = target
        } else {
            place = Int32(places.count)
            places.append((target, 0))
        }
        var failure: Int32 = 0
        tandem_epoll_add(
            epoll, socket,
            EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue,
            UInt64(places[Int(place)].generation) << 32 | UInt64(place), &failure)
        guard failure != 0 else { return place }
        let isFull = errno == ENOSPC || errno == ENOMEM
        precondition(isFull, "epoll_ctl(ADD) failed for a socket that is ours and open: errno \(errno)")
        places[Int(place)].target = nil
        free.append(place)
        return nil
    }

    /// Must be called while the socket is open, because its number may be reused afterwards.
    func remove(_ socket: Int32, _ place: Int32) {
        guard !isClosed else { return }
        _ = epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nil)
        places[Int(place)].target = nil
        places[Int(place)].generation &+= 1
        free.append(place)
    }

    private func collect() {
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 1024) { events in
            let count = epoll_wait(epoll, events.baseAddress, Int32(events.count), 0)
            guard count > 0 else { return }
            for index in 0..<Int(count) {
                let token = events[index].data.u64
                let place = places[Int(token & 0xFFFF_FFFF)]
                guard place.generation == UInt32(token >> 32) else { continue }
                let hasEnded = events[index].events & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
                place.target?.becameReadable(hasEnded: hasEnded)
            }
        }
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        places = []
        uv_poll_stop(poll)
        closeThenFree(poll)
        Glibc.close(epoll)
    }

    deinit { close() }
}
