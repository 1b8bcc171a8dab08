import CLibwebsockets
import Glibc

/// A connection whose bytes are read and written here.
///
/// For libwebsockets it is a raw connection, which it only connects and closes. There are several reasons not to use
/// its clients. That of HTTP/1.1 takes 103 for the answer, chunk extensions for the end of a body, and `A: b` for the
/// beginning of the next field. That of HTTP/2 crashes on redirects and trailers, and does not notice a stream reset.
/// And where a connection receives for long, their way of reading costs three times as much as the read itself (see
/// `ClientReadiness`).
public class ClientRawConnection: ClientConnection {
    private enum Stage {
        case connecting
        /// The proxy was asked for a tunnel.
        case tunnel(ClientResponseReader)
        case handshake
        case up
    }
    private var stage = Stage.connecting

    private var socket: Int32 = -1
    private var ssl: OpaquePointer?
    private var watched: Int32 = -1
    private var isReading = true
    private var hasUnread = false
    /// Whether the peer has closed its direction, so that reading continues to the end.
    private var peerHasEnded = false
    private var isPumping = false
    /// Bytes that the socket has not taken.
    private var unsent: [UInt8] = []

    // Overridden by subclasses.

    /// TCP, the proxy's tunnel and TLS are up: what is sent from now on reaches the server.
    func isUp() {}
    /// Bytes of the server, valid during the call only.
    func received(_ bytes: UnsafeRawBufferPointer) {}
    /// The server has ended the connection.
    /// - Parameter isClean: whether nothing that it sent can be missing. With TLS, somebody else may have cut the
    ///   connection.
    func peerEnded(isClean: Bool) {}

    /// The protocol that ALPN selected; nil without TLS.
    final var agreedProtocol: String? { ssl.flatMap(ApplicationProtocol.agreed) }

    deinit {
        if let ssl { SSL_free(ssl) }
    }

    // MARK: Coming about

    /// RAW_CONNECTED: TCP is up.
    final func connected(_ wsi: OpaquePointer) {
        self.wsi = wsi
        tandem_no_timeout(wsi)
        guard !isFinished else { return kill() }
        lws_rx_flow_control(wsi, 0)
        socket = lws_get_socket_fd(wsi)
        guard let place = loop.readiness.add(socket, self) else {
            fail(
                "the system has no room to watch another socket: raise fs.epoll.max_user_watches, or take fewer connections"
            )
            return kill()
        }
        watched = place
        guard loop.proxy != nil else { return reachesServer() }
        stage = .tunnel(ClientResponseReader())
        // Always with the port (RFC 9110, section 9.3.6).
        let authority = "\(request.bracketedHost):\(request.port)"
        transmit(Array("CONNECT \(authority) HTTP/1.1\r\nhost: \(authority)\r\n\r\n".utf8))
    }

    /// What is sent from now on reaches the server.
    private func reachesServer() {
        guard request.tls else {
            stage = .up
            return isUp()
        }
        switch loop.tls {
        case .failure(let error):
            fail("\(error)")
            kill()
        case .success(let tls):
            guard let ssl = tls.connection(to: request.host, over: socket, speaking: request.version) else {
                fail("there is no memory for TLS")
                return kill()
            }
            // Reads the header of a record and its body with one system call.
            SSL_set_read_ahead(ssl, 1)
            self.ssl = ssl
            stage = .handshake
            readSoon()
        }
    }

    private func shakeHands(_ ssl: OpaquePointer) {
        tandem_forget_errors()
        let result = SSL_do_handshake(ssl)
        if result == 1 {
            stage = .up
            return isUp()
        }
        let error = SSL_get_error(ssl, result)
        if error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE { return }
        fail(
            "no connection to \(request.authority): "
                + (ClientTLS.failure(of: ssl) ?? "the server ended the TLS handshake"))
        tandem_forget_errors()
        kill()
    }

    /// Reads the proxy's answer.
    private func take(_ bytes: UnsafeRawBufferPointer, _ reader: ClientResponseReader) {
        var reader = reader
        var head: ClientResponseReader.Head?
        do {
            try reader.read(bytes) { item in
                if case .head(let found) = item { head = found }
                return head == nil
            }
        } catch {
            fail("the proxy's answer is not HTTP: \(error.text)")
            return kill()
        }
        stage = .tunnel(reader)
        guard let head else { return }
        guard (200...299).contains(head.status) else {
            fail("the proxy opens no way to \(request.authority): it answers with status \(head.status)")
            return kill()
        }
        reachesServer()
    }

    // MARK: Sending

    /// Sends bytes. What the socket does not take waits here, without a limit.
    final func transmit(_ bytes: [UInt8]) {
        guard watched >= 0 else { return }
        let sent = unsent.isEmpty ? write(bytes[...]) : 0
        unsent += bytes[sent...]
    }

    private func flush() {
        guard !unsent.isEmpty else { return }
        unsent.removeFirst(write(unsent[...]))
    }

    /// Returns how many bytes the socket has taken.
    private func write(_ bytes: ArraySlice<UInt8>) -> Int {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[(bytes.startIndex + sent)...].withUnsafeBytes { rest in
                ssl.map { write(rest, to: $0) } ?? write(rest)
            }
            guard count > 0 else { break }
            sent += count
        }
        return sent
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        while true {
            let count = Glibc.send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count < 0, errno == EINTR { continue }
            // The next read reports why the connection ended, after what the server may have sent before.
            if count < 0, errno != EAGAIN { readSoon() }
            return count
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, to ssl: OpaquePointer) -> Int {
        tandem_forget_errors()
        let count = SSL_write(ssl, bytes.baseAddress, Int32(clamping: bytes.count))
        guard count <= 0 else { return Int(count) }
        let error = SSL_get_error(ssl, count)
        tandem_forget_errors()
        if error != SSL_ERROR_WANT_WRITE, error != SSL_ERROR_WANT_READ { readSoon() }
        return 0
    }

    // MARK: Reading

    final override func stopReading() {
        guard watched >= 0 else { return }
        loop.readiness.remove(socket, watched)
        watched = -1
    }

    public final override func setReading(_ reads: Bool) {
        isReading = reads
        if reads, hasUnread { becameReadable(hasEnded: false) }
    }

    private enum ReadResult {
        /// This many bytes, after which the socket is empty.
        case last(Int)
        case bytes(Int)
        case nothing
        case end(isClean: Bool)
        case failed(String)
    }

    private func pump() {
        let buffer = loop.receiveBuffer
        // Limited, so that one connection does not keep the others waiting.
        for _ in 0..<8 {
            guard isReading, watched >= 0 else { return }
            if case .handshake = stage, let ssl { shakeHands(ssl) }
            if case .handshake = stage { return }
            flush()
            guard watched >= 0 else { return }
            switch ssl.map({ read($0, into: buffer) }) ?? read(into: buffer) {
            case .bytes(let count):
                hand(UnsafeRawBufferPointer(start: buffer.baseAddress, count: count))
            case .last(let count):
                hasUnread = false
                hand(UnsafeRawBufferPointer(start: buffer.baseAddress, count: count))
                return
            case .nothing:
                hasUnread = false
                return
            case .end(let isClean):
                hasUnread = false
                stopReading()
                peerEnded(isClean: isClean)
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

    private func hand(_ bytes: UnsafeRawBufferPointer) {
        if case .tunnel(let reader) = stage { take(bytes, reader) } else { received(bytes) }
    }

    /// Reads in the loop's next turn, where no event will report the bytes.
    private func readSoon() {
        hasUnread = true
        loop.timers.schedule(after: .zero) { [weak self] in
            if let self, self.hasUnread { self.becameReadable(hasEnded: false) }
        }
    }

    private func read(into buffer: UnsafeMutableRawBufferPointer) -> ReadResult {
        let count = recv(socket, buffer.baseAddress, buffer.count, 0)
        if count == 0 { return .end(isClean: true) }
        // A short read has emptied the socket (epoll(7), question 9), except for its end, whose event may be this
        // one.
        if count > 0 { return count < buffer.count && !peerHasEnded ? .last(count) : .bytes(count) }
        switch errno {
        case EAGAIN: return .nothing
        case EINTR: return .bytes(0)
        default: return .failed(String(cString: strerror(errno)))
        }
    }

    /// Fills the buffer with all available records, until OpenSSL finds the socket empty.
    private func read(_ ssl: OpaquePointer, into buffer: UnsafeMutableRawBufferPointer) -> ReadResult {
        var total = 0
        while total < buffer.count {
            let outcome = TLSRead.once(ssl, into: UnsafeMutableRawBufferPointer(rebasing: buffer[total...]))
            switch outcome {
            case .bytes(let count): total += count
            case .nothing: return total > 0 ? .last(total) : .nothing
            // The next read reports each kind of end again.
            case _ where total > 0: return .bytes(total)
            case .end: return .end(isClean: true)
            case .cut: return .end(isClean: false)
            case .failed(let cause): return .failed(cause)
            }
        }
        return .bytes(total)
    }
}

extension ClientRawConnection: ClientReadable {
    func becameReadable(hasEnded: Bool) {
        hasUnread = true
        if hasEnded { peerHasEnded = true }
        guard isReading, !isPumping else { return }
        // `received` may resume or stop the reading.
        isPumping = true
        withExtendedLifetime(self) { pump() }
        isPumping = false
    }
}
