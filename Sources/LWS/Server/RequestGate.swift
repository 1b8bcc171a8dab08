import CLibwebsockets
import Glibc

/// Stands between libwebsockets' server and the sockets of one loop: what comes is read and judged here, and libwebsockets gets requests in
/// words of our own, over HTTP/1.1 one at a time.
///
/// Before libwebsockets 4.1 reads from a connection, plain or TLS, it asks `lws_buflist_next_segment_len` whether bytes
/// of it are kept already. It calls that function through its own dynamic symbol, so that ours (`NextSegment.swift`) takes its place
/// (ld.so(8), symbol interposition), and is where each request begins, whichever it is of its connection. Should it ever not be
/// asked, `takeHead` of the connection's reader has no head, and the request is not served.
final class RequestGate {
    /// What is handed on at once. Less than any loop reads at once: libwebsockets would drop what is more.
    static let handOverBytes = EventLoop.leastReadBytes / 2
    /// No less than a record of TLS (RFC 8446, section 5.1): what stayed in OpenSSL would wake nobody.
    private static let readBytes = 16 * 1024

    unowned let loop: LoopContext
    let limits: RequestLimits
    private var readers: [OpaquePointer: RequestReader] = [:]
    /// By connection, and by stream.
    var http2: [OpaquePointer: HTTP2Connection] = [:]
    var http2Streams: [OpaquePointer: HTTP2Connection] = [:]
    /// Those of which a head is awaited, or that are about to end.
    var deadlined: Set<OpaquePointer> = []
    private var keptInput = KeptInput()
    /// The bytes that libwebsockets is handed, until it asks again.
    let handOver = UnsafeMutablePointer<UInt8>.allocate(capacity: handOverBytes)
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: readBytes, alignment: 16)
    /// Connections of which there is something to hand on that no socket will tell of, and what takes the next turn of the loop.
    private var nudged: [OpaquePointer] = []
    private let idle = UnsafeMutablePointer<uv_idle_t>.allocate(capacity: 1)
    private var isClosed = false
    /// Bytes of the chunked bodies that are kept, which come before anybody has looked at a credential.
    var chunkedBytes = 0
    static let chunkedLimit = 64 * 1024 * 1024

    /// - Throws: `LWSError` where libwebsockets would not ask.
    init(_ loop: LoopContext, _ limits: RequestLimits) throws {
        try LibrarySymbol.checkReplaced()
        self.loop = loop
        self.limits = limits
        uv_idle_init(loop.uv, idle)
        idle.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    /// To be called on the loop's thread, before libuv's loop is closed.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        uv_idle_stop(idle)
        closeThenFree(idle)
    }

    deinit {
        close()
        handOver.deallocate()
        readBuffer.deallocate()
    }

    // MARK: Connections

    func add(_ wsi: OpaquePointer, isTLS: Bool) {
        readers[wsi] = RequestReader(self, limits, isTLS: isTLS)
    }

    /// The connection has gone, or is read by somebody else.
    func forget(_ wsi: OpaquePointer) {
        forgetHTTP2(wsi)
        readers[wsi]?.dropsChunked()
        readers[wsi] = nil
    }

    func reader(of wsi: OpaquePointer) -> RequestReader? { readers[wsi] }

    // MARK: The question

    /// What libwebsockets is to be told of the list that it asks about; nil where the list is none of a reader's.
    func answer(_ list: UnsafeMutablePointer<OpaquePointer?>) -> RequestReader.Answer? {
        guard let wsi = keptInput.connection(with: list, among: loop.adopted) else { return nil }
        if readers[wsi]?.speaksHTTP2(wsi) == true {
            forget(wsi)
            addHTTP2(wsi)
        }
        guard let reader = readers[wsi] else {
            if let connection = http2[wsi] { feed(list, of: connection) }
            return nil
        }
        if let rest = reader.takeRest() {
            forget(wsi)
            // The first frames of a WebSocket, which libwebsockets keeps as if it had read them itself.
            if !rest.isEmpty, lws_buflist_append_segment(list, rest, rest.count) < 0 { return .failed }
            return nil
        }
        return reader.next(wsi)
    }

    // MARK: What readers need

    enum Input {
        case bytes(UnsafeRawBufferPointer)
        case none
        /// The peer has ended the connection, or it has failed.
        case end
    }

    func read(_ wsi: OpaquePointer) -> Input {
        let count: Int
        if let ssl = lws_get_ssl(wsi) {
            switch TLSRead.once(ssl, into: readBuffer) {
            case .bytes(let read): count = read
            case .nothing: return .none
            case .end, .cut, .failed: return .end
            }
        } else {
            count = recv(lws_get_socket_fd(wsi), readBuffer.baseAddress, readBuffer.count, 0)
            if count < 0, errno == EAGAIN || errno == EINTR { return .none }
        }
        return count > 0 ? .bytes(UnsafeRawBufferPointer(rebasing: readBuffer[..<count])) : .end
    }

    /// Has libwebsockets asked again on the loop's next turn.
    func nudge(_ wsi: OpaquePointer) {
        guard !isClosed, !nudged.contains(wsi) else { return }
        nudged.append(wsi)
        guard nudged.count == 1 else { return }
        uv_idle_start(idle) { handle in
            Unmanaged<RequestGate>.fromOpaque(handle!.pointee.data).takeUnretainedValue().serveNudged()
        }
    }

    private func serveNudged() {
        let connections = nudged
        nudged = []
        uv_idle_stop(idle)
        for wsi in connections where loop.adopted.contains(wsi) {
            // After an answer libwebsockets waits to be told that the socket can be written before it reads.
            if readers[wsi]?.awaitsRequest == true { guard service(wsi, POLLOUT) else { continue } }
            guard service(wsi, POLLIN) else { continue }
            // A WebSocket's frames are taken a few at a time.
            if readers[wsi] == nil, keptInput.isKept(of: wsi) { nudge(wsi) }
        }
    }

    /// Returns false where the connection has ended over it.
    private func service(_ wsi: OpaquePointer, _ events: Int32) -> Bool {
        var poll = pollfd(fd: lws_get_socket_fd(wsi), events: Int16(events), revents: Int16(events))
        guard poll.fd >= 0 else { return false }
        return lws_service_fd_tsi(loop.lws, &poll, 0) == 0 && loop.adopted.contains(wsi)
    }

    /// Answers a request that a rule refuses, and ends our side of the connection. Returns false where the answer cannot be sent.
    func refuse(_ rejection: RequestRejection, _ wsi: OpaquePointer) -> Bool {
        guard let response = loop.server?.refused(rejection) else { return false }
        return write(response.http1(withBody: rejection.method != "HEAD"), to: wsi) && endsOurSide(wsi)
    }

    /// Ends our side of a connection and has it stay open for the peer to read the answer and to leave: what is still on its way would
    /// make the kernel reset the connection, and the reset overtake the answer. Returns false where a part of the answer waits for
    /// room in the socket.
    private func endsOurSide(_ wsi: OpaquePointer) -> Bool {
        guard lws_partial_buffered(wsi) == 0 else { return false }
        if let ssl = lws_get_ssl(wsi) {
            SSL_shutdown(ssl)
            tandem_forget_errors()
        }
        shutdown(lws_get_socket_fd(wsi), Int32(SHUT_WR))
        tandem_timeout(wsi, Self.lingerSeconds)
        return true
    }

    /// How long an answer that ends a connection waits for its peer to read it.
    static let lingerSeconds: Int32 = 2

    /// Keeps a connection that ends with an answer until its peer, which is sending a body, has read that. Returns whether it does.
    func lingers(_ wsi: OpaquePointer) -> Bool {
        guard let reader = readers[wsi], reader.owesBody, endsOurSide(wsi) else { return false }
        reader.ends()
        // libwebsockets has a timeout of its own for a body, which it may set on its return from here.
        loop.later { [unowned self] in
            if loop.adopted.contains(wsi) { tandem_timeout(wsi, Self.lingerSeconds) }
        }
        return true
    }

    /// The peer waits to be told before it sends its body (RFC 9110, section 10.1.1).
    func sendContinue(_ wsi: OpaquePointer) {
        if !write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), to: wsi) { tandem_kill(wsi) }
    }

    private func write(_ bytes: [UInt8], to wsi: OpaquePointer) -> Bool {
        guard bytes.count <= loop.scratch.capacity else { return false }
        loop.scratch.start.update(from: bytes, count: bytes.count)
        return tandem_write_raw(wsi, loop.scratch.start, bytes.count) >= 0
    }
}
