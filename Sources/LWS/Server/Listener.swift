import CLibwebsockets
import Glibc

/// A listening socket of one loop with SO_REUSEPORT: the kernel distributes connections over the loops that share a
/// port.
public struct ListeningSocket: Sendable {
    public let descriptor: Int32
    public let port: Int

    /// Binds an IPv4 address.
    /// - Parameters:
    ///   - port: 0 lets the system choose; `port` then has it.
    ///   - joins: another socket of this process with the same port.
    /// - Throws: `LWSError` where the address is in use, or belongs to another machine.
    public init(host: String, port: Int, joins: ListeningSocket? = nil, backlog: Int32 = 4096) throws {
        let port = joins?.port ?? port
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        guard (0...65_535).contains(port) else { throw LWSError("bind", "\(port) is not a port: take 0 to 65535") }
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
            throw LWSError("inet_pton", "'\(host)' is not an IPv4 address: give one such as 127.0.0.1")
        }
        do {
            // SO_REUSEPORT alone would also share the port with another process of the same user, and each would get
            // a part of the connections. A socket without it detects that.
            if joins == nil, port != 0 { Glibc.close(try Self.bind(&address, sharing: false, backlog: 0)) }
            descriptor = try Self.bind(&address, sharing: true, backlog: backlog)
        } catch let error as Errno {
            throw LWSError("bind", "\(host):\(port): \(error); choose another port, or 0 for a free one")
        }
        self.port = Int(in_port_t(bigEndian: address.sin_port))
    }

    private struct Errno: Error, CustomStringConvertible {
        let number = errno
        var description: String { String(cString: strerror(number)) }
    }

    /// A socket that listens at the address. The address gets the port that the system chose.
    private static func bind(_ address: inout sockaddr_in, sharing: Bool, backlog: Int32) throws -> Int32 {
        let socket = Glibc.socket(
            AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw Errno() }
        var on: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        if sharing { setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, socklen_t(MemoryLayout<Int32>.size)) }
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                Glibc.bind(socket, generic, length) == 0 && listen(socket, backlog) == 0
                    && getsockname(socket, generic, &length) == 0
            }
        }
        guard isBound else {
            let error = Errno()
            Glibc.close(socket)
            throw error
        }
        return socket
    }

    public func close() { Glibc.close(descriptor) }
}

/// Accepts connections for a context until it is released.
final class Listener {
    let socket: ListeningSocket
    private let poll: UnsafeMutablePointer<uv_poll_t>
    private let pauseTimer: UnsafeMutablePointer<uv_timer_t>
    private let accepted: (Int32) -> Void
    /// A spare descriptor. Where descriptors have run out it is closed, so that a connection can be accepted and
    /// closed; otherwise the listener would stay readable, and its loop would spin. -1 where none could be opened.
    private var spare: Int32

    init(_ socket: ListeningSocket, on uv: UnsafeMutablePointer<uv_loop_t>, accepted: @escaping (Int32) -> Void) {
        self.socket = socket
        self.accepted = accepted
        spare = Listener.openSpare()
        poll = .allocate(capacity: 1)
        pauseTimer = .allocate(capacity: 1)
        uv_timer_init(uv, pauseTimer)
        uv_poll_init(uv, poll, socket.descriptor)
        poll.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        pauseTimer.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        listen()
    }

    private func listen() {
        if spare < 0 { spare = Listener.openSpare() }
        uv_poll_start(poll, Int32(UV_READABLE.rawValue)) { handle, _, _ in
            Unmanaged<Listener>.fromOpaque(handle!.pointee.data).takeUnretainedValue().accept()
        }
    }

    private func accept() {
        // Limited, so that a storm of connections does not starve open connections.
        for _ in 0..<64 {
            let connection = tandem_accept(socket.descriptor)
            if connection >= 0 {
                accepted(connection)
                continue
            }
            var failure = errno
            if failure == EMFILE || failure == ENFILE { failure = refuse() }
            switch failure {
            // An error of this connection only (accept(2)): the next one may succeed.
            case 0, ECONNABORTED, EINTR, EPROTO, EPERM: continue
            case EAGAIN: return
            default: return pause()
            }
        }
    }

    /// Closes a connection for which there is no descriptor, so that its peer does not wait in vain. Returns 0, or an
    /// error: EAGAIN where no connection waits, which cannot be seen without a descriptor.
    private func refuse() -> Int32 {
        guard spare >= 0 else { return EMFILE }
        Glibc.close(spare)
        let connection = tandem_accept(socket.descriptor)
        let failure = connection >= 0 ? 0 : errno
        if connection >= 0 { Glibc.close(connection) }
        spare = Listener.openSpare()
        return failure
    }

    private static func openSpare() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }

    /// Tries again after a tenth of a second, because trying without a pause does not help.
    private func pause() {
        uv_poll_stop(poll)
        uv_timer_start(
            pauseTimer,
            { handle in
                Unmanaged<Listener>.fromOpaque(handle!.pointee.data).takeUnretainedValue().listen()
            }, 100, 0)
    }

    deinit {
        uv_poll_stop(poll)
        closeThenFree(poll)
        uv_timer_stop(pauseTimer)
        closeThenFree(pauseTimer)
        socket.close()
        if spare >= 0 { Glibc.close(spare) }
    }
}
