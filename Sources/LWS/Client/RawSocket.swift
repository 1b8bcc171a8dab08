import CLibwebsockets
import Clocks
import Glibc

/// A blocking connection for one thread that sends exactly the given bytes, with or without TLS, including those that
/// no client library would send.
///
/// What the peer does is a value: `receive` returns an end, a reset or a TLS alert.
public final class RawSocket {
    public enum Received: Hashable, Sendable {
        case bytes([UInt8])
        /// The peer has closed, in order or not; with the text of TLS where it refused the connection.
        case end(String?)
        /// Nothing came in time.
        case nothing
    }

    private let socket: Int32
    private let ssl: OpaquePointer?
    /// TLS uses memory buffers, so that all system calls are made here: those of OpenSSL would raise SIGPIPE.
    private let incoming: OpaquePointer?
    private let outgoing: OpaquePointer?
    private var buffer = [UInt8](repeating: 0, count: 32 * 1024)
    private var end: Received?
    private let clock = MonotonicClock()

    /// Connects to an IPv4 address, with a TLS handshake where TLS is used.
    /// - Parameters:
    ///   - applicationProtocol: the protocol for ALPN (RFC 7301): `http/1.1`, `h2`.
    ///   - deadline: for the connection and the handshake.
    /// - Throws: `LWSError` where the connection cannot be made. A handshake that the peer refuses is reported by the
    ///   first `receive`.
    public init(
        host: String, port: Int, tls: RawTLS? = nil, applicationProtocol: String = "http/1.1",
        deadline: Duration = .seconds(10)
    ) throws(LWSError) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
            throw LWSError("inet_pton", "'\(host)' is not an IPv4 address: give one such as 127.0.0.1")
        }
        if let tls {
            guard let ssl = tls.connection() else { throw LWSError("SSL_new", "no memory") }
            self.ssl = ssl
            incoming = BIO_new(BIO_s_mem())
            outgoing = BIO_new(BIO_s_mem())
            SSL_set_bio(ssl, incoming, outgoing)
            SSL_set_connect_state(ssl)
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host)
            let protocols = [UInt8(applicationProtocol.utf8.count)] + Array(applicationProtocol.utf8)
            SSL_set_alpn_protos(ssl, protocols, UInt32(protocols.count))
        } else {
            (ssl, incoming, outgoing) = (nil, nil, nil)
        }
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard socket >= 0, status == 0 else {
            throw LWSError("connect", "\(host):\(port): \(String(cString: strerror(errno)))")
        }
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        try shakeHands(until: clock.now.advanced(by: deadline))
    }

    deinit {
        if let ssl { SSL_free(ssl) }
        if socket >= 0 { close(socket) }
    }

    /// The protocol that ALPN selected; nil without TLS, or where the server selected none.
    public var agreedProtocol: String? { ssl.flatMap(ApplicationProtocol.agreed) }

    /// Writes all bytes. Returns false where the peer has gone, or takes nothing in time.
    @discardableResult
    public func send(_ bytes: [UInt8], within deadline: Duration = .seconds(10)) -> Bool {
        guard end == nil, !bytes.isEmpty else { return end == nil }
        guard let ssl else { return put(bytes, until: clock.now.advanced(by: deadline)) }
        // The memory buffer takes everything.
        guard SSL_write(ssl, bytes, Int32(clamping: bytes.count)) == Int32(clamping: bytes.count) else { return false }
        return flush(until: clock.now.advanced(by: deadline))
    }

    /// The next bytes, as many as are available.
    public func receive(within bound: Duration) -> Received {
        receive(until: clock.now.advanced(by: bound))
    }

    private func receive(until deadline: MonotonicInstant) -> Received {
        if let end { return end }
        guard let ssl else { return take(until: deadline) }
        while true {
            let count = SSL_read(ssl, &buffer, Int32(buffer.count))
            if count > 0 { return .bytes(Array(buffer[..<Int(count)])) }
            guard SSL_get_error(ssl, count) == SSL_ERROR_WANT_READ else { return ended() }
            flush(until: deadline)
            switch take(until: deadline) {
            case .bytes(let bytes): BIO_write(incoming, bytes, Int32(bytes.count))
            case let other: return other
            }
        }
    }

    private func shakeHands(until deadline: MonotonicInstant) throws(LWSError) {
        guard let ssl else { return }
        while true {
            let status = SSL_do_handshake(ssl)
            flush(until: deadline)
            if status == 1 { return }
            guard SSL_get_error(ssl, status) == SSL_ERROR_WANT_READ else {
                let verdict = SSL_get_verify_result(ssl)
                guard verdict == Int(X509_V_OK) else {
                    throw LWSError(
                        "SSL_do_handshake",
                        "the server's certificate is not accepted: \(String(cString: X509_verify_cert_error_string(verdict)))"
                    )
                }
                _ = ended()
                return
            }
            switch take(until: deadline) {
            case .bytes(let bytes): BIO_write(incoming, bytes, Int32(bytes.count))
            case .end: return
            case .nothing: throw LWSError("SSL_do_handshake", "the server did not answer within the deadline")
            }
        }
    }

    private func ended() -> Received {
        let code = ERR_peek_last_error()
        let reason = code == 0 ? nil : ERR_reason_error_string(code).map { String(cString: $0) }
        ERR_clear_error()
        let end = Received.end(reason)
        self.end = end
        return end
    }

    @discardableResult
    private func flush(until deadline: MonotonicInstant) -> Bool {
        while true {
            let count = BIO_read(outgoing, &buffer, Int32(buffer.count))
            guard count > 0 else { return true }
            guard put(Array(buffer[..<Int(count)]), until: deadline) else { return false }
        }
    }

    private func put(_ bytes: [UInt8], until deadline: MonotonicInstant) -> Bool {
        var sent = 0
        while sent < bytes.count {
            guard waits(for: POLLOUT, until: deadline) else { return false }
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count < 0, errno != EAGAIN, errno != EINTR { return false }
            sent += max(0, count)
        }
        return true
    }

    private func take(until deadline: MonotonicInstant) -> Received {
        guard waits(for: POLLIN, until: deadline) else { return .nothing }
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count > 0 else {
            let end = Received.end(count == 0 ? nil : String(cString: strerror(errno)))
            self.end = end
            return end
        }
        return .bytes(Array(buffer[..<count]))
    }

    private func waits(for events: Int32, until deadline: MonotonicInstant) -> Bool {
        while true {
            let left = clock.now.duration(to: deadline).nanoseconds
            var poll = pollfd(fd: socket, events: Int16(events), revents: 0)
            let count = Glibc.poll(&poll, 1, Int32(clamping: max(0, (left + 999_999) / 1_000_000)))
            if count == 1 { return true }
            guard count < 0, errno == EINTR else { return false }
        }
    }
}
