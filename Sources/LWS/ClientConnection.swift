import CLibwebsockets
import Clocks
import Glibc

/// One use of a connection by a client: an exchange or a WebSocket. Confined to its loop's thread.
///
/// libwebsockets resolves, connects, does TLS and the handshake, and sends. Where a connection then receives for long, its
/// socket is *taken over*: read here, edge-triggered, into a buffer that the loop's connections share. Measured at one
/// update a read, libwebsockets' own way costs three times as much (see `ClientReadiness`).
public class ClientConnection {
    public unowned let loop: ClientLoop
    /// Anything the owner wants to find again.
    public final var tag = 0

    final var wsi: OpaquePointer?
    final var request: ClientRequest
    final let place: ReusableConnection?
    /// The owner has had its last call.
    final var isFinished = false
    /// Set once the request is on its way, or the attempt has ended: it then no longer counts as an attempt.
    final var isAttempting = false
    private var deadline: ClientTimers.Deadline?
    private var isRetained = false

    // The socket, once it is taken over.
    private var socket: Int32 = -1
    final private(set) var ssl: OpaquePointer?
    private var watched: Int32 = -1
    private var isReading = true
    private var hasUnread = false
    /// Whether the peer has closed its direction, so that reading goes on to the end.
    private var peerHasEnded = false
    private var isPumping = false

    init(_ request: ClientRequest, place: ReusableConnection?, loop: ClientLoop) {
        self.request = request
        self.place = place
        self.loop = loop
    }

    // What a subclass does.

    func deadlineHasPassed(_ cause: String) {
        fail(cause)
        kill()
    }

    /// The connection has ended before its time.
    func fail(_ cause: String) {}
    /// Bytes that were read from a socket that is taken over.
    func received(_ bytes: UnsafeRawBufferPointer) {}
    /// The peer has ended a connection that is taken over.
    func peerEnded() {}
    /// libwebsockets has closed the connection.
    func lostConnection() {}
    /// Whether bytes may be read now; if not, the subclass has taken what there was in its own way.
    func isReadyToRead() -> Bool { true }

    final var isTakenOver: Bool { socket >= 0 }

    // MARK: Life

    func begin() {
        isRetained = true
        _ = Unmanaged.passRetained(self)
        deadline = loop.timers.schedule(after: request.deadline) { [weak self] in
            guard let self, !self.isFinished else { return }
            self.deadlineHasPassed("no answer within \(self.request.deadline.seconds) s")
        }
    }

    /// libwebsockets has made the connection's object. Over HTTP/2 the stream gets another one later.
    final func connects(as wsi: OpaquePointer) {
        guard isRetained, self.wsi == nil else { return }
        self.wsi = wsi
        if isFinished { kill() }
    }

    /// Lets go of a connection that was never begun.
    final func releaseUnlessConnected() {
        if wsi == nil, !isAttempting { release() }
    }

    /// The response's header has come: from now on the connection may take its time.
    final func headerHasArrived() {
        deadline?.cancel()
        deadline = nil
        loop.attemptEnded(self)
    }

    /// The connection is gone, or will not come about. Called by libwebsockets' callbacks, perhaps more than once.
    final func release() {
        stopReading()
        wsi = nil
        deadline?.cancel()
        deadline = nil
        loop.attemptEnded(self)
        guard isRetained else { return }
        isRetained = false
        Unmanaged.passUnretained(self).release()
    }

    /// Cuts the connection on the loop's next turn, with the HTTP/2 connection that carries it.
    final func kill() {
        stopReading()
        guard let wsi, let network = lws_get_network_wsi(wsi) else { return }
        if network == wsi { tandem_kill(wsi) } else { tandem_cut(network) }
    }

    // MARK: Reading

    /// Reads the socket directly from now on: libwebsockets only writes to it.
    /// - Parameter ownSSL: TLS that is not libwebsockets' but ours; the socket is then watched for both ways.
    final func takeOver(with ownSSL: OpaquePointer? = nil) {
        guard let wsi, !isTakenOver else { return }
        lws_rx_flow_control(wsi, 0)
        socket = lws_get_socket_fd(wsi)
        ssl = ownSSL ?? (lws_is_ssl(wsi) != 0 ? lws_get_ssl(wsi) : nil)
        // One read for what would be two: the header of a record and its body.
        if let ssl { SSL_set_read_ahead(ssl, 1) }
        watched = loop.readiness.add(socket, self, bothWays: ownSSL != nil)
        // No event tells of what OpenSSL has read already.
        readSoon()
    }

    private func stopReading() {
        guard watched >= 0 else { return }
        loop.readiness.remove(socket, watched)
        watched = -1
    }

    /// Whether the socket is read: what is not read fills the kernel's buffers, and then the server's.
    public func setReading(_ reads: Bool) {
        isReading = reads
        if reads, hasUnread { becameReadable(hasEnded: false) }
    }

    private enum ReadResult {
        /// So many bytes; the socket holds no more.
        case last(Int)
        case bytes(Int)
        case nothing
        case end
        case failed(String)
    }

    private func pump() {
        let buffer = loop.receiveBuffer
        // Bounded, so that one connection does not keep the others waiting.
        for _ in 0..<8 {
            guard isReading, watched >= 0, isReadyToRead() else { return }
            switch ssl.map({ read($0, into: buffer) }) ?? read(into: buffer) {
            case .bytes(let count):
                received(UnsafeRawBufferPointer(start: buffer.baseAddress, count: count))
            case .last(let count):
                hasUnread = false
                received(UnsafeRawBufferPointer(start: buffer.baseAddress, count: count))
                return
            case .nothing:
                hasUnread = false
                return
            case .end:
                hasUnread = false
                stopReading()
                peerEnded()
                kill()
                return
            case .failed(let cause):
                stopReading()
                fail("the connection broke: \(cause)")
                kill()
                return
            }
        }
        readSoon()
    }

    /// Reads on the loop's next turn what no event will tell of.
    final func readSoon() {
        hasUnread = true
        loop.timers.schedule(after: .zero) { [weak self] in
            if let self, self.hasUnread { self.becameReadable(hasEnded: false) }
        }
    }

    private func read(into buffer: UnsafeMutableRawBufferPointer) -> ReadResult {
        let count = recv(socket, buffer.baseAddress, buffer.count, 0)
        if count == 0 { return .end }
        // A short read has emptied the socket (epoll(7), question 9), but for the end, whose event may be this one.
        if count > 0 { return count < buffer.count && !peerHasEnded ? .last(count) : .bytes(count) }
        switch errno {
        case EAGAIN: return .nothing
        case EINTR: return .bytes(0)
        default: return .failed(String(cString: strerror(errno)))
        }
    }

    /// Fills the buffer with as many records as there are: until OpenSSL has asked the socket in vain.
    private func read(_ ssl: OpaquePointer, into buffer: UnsafeMutableRawBufferPointer) -> ReadResult {
        var total = 0
        while total < buffer.count {
            tandem_forget_errors()
            let count = SSL_read(ssl, buffer.baseAddress! + total, Int32(clamping: buffer.count - total))
            if count > 0 {
                total += Int(count)
                continue
            }
            let error = SSL_get_error(ssl, count)
            let system = errno
            tandem_forget_errors()
            switch error {
            case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
                return total > 0 ? .last(total) : .nothing
            case SSL_ERROR_SYSCALL where total == 0 && system != 0:
                return .failed(String(cString: strerror(system)))
            default:
                // An end without a close_notify is an end all the same: HTTP and WebSocket have ends of their own.
                return total > 0 ? .bytes(total) : .end
            }
        }
        return .bytes(total)
    }
}

extension ClientConnection: ClientReadable {
    func becameReadable(hasEnded: Bool) {
        hasUnread = true
        if hasEnded { peerHasEnded = true }
        guard isReading, !isPumping else { return }
        // `received` may resume or stop the reading from within.
        isPumping = true
        withExtendedLifetime(self) { pump() }
        isPumping = false
    }
}
