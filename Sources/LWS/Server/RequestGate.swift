import CLibwebsockets
import Glibc

/// Reads the sockets of one loop instead of libwebsockets' server. Requests are checked here, and libwebsockets gets
/// requests that we write, over HTTP/1.1 one at a time.
///
/// Before libwebsockets 4.1 reads from a connection, with or without TLS, it calls `lws_buflist_next_segment_len` to
/// ask whether it keeps bytes of it. It calls that function through its dynamic symbol, so that ours
/// (`NextSegment.swift`) is used (ld.so(8), symbol interposition). Each request of a connection begins there. If ours
/// were not called, `takeHead` of the connection's reader would have no head, and the request would not be served.
final class RequestGate {
    /// How many bytes are passed on at once. It is less than any loop reads at once, because libwebsockets would drop
    /// the rest.
    static let handOverBytes = EventLoop.leastReadBytes / 2
    /// At least the size of a TLS record (RFC 8446, section 5.1): bytes that stay within OpenSSL wake nobody.
    private static let readBytes = 16 * 1024

    unowned let loop: LoopContext
    let limits: RequestLimits
    private var readers: [OpaquePointer: RequestReader] = [:]
    /// By connection, and by stream.
    var http2: [OpaquePointer: HTTP2Connection] = [:]
    var http2Streams: [OpaquePointer: HTTP2Connection] = [:]
    /// The connections that wait for a head, or are about to end.
    var deadlined: Set<OpaquePointer> = []
    private var keptInput = KeptInput()
    /// The bytes that libwebsockets is given, until it asks again.
    let handOver = UnsafeMutablePointer<UInt8>.allocate(capacity: handOverBytes)
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: readBytes, alignment: 16)
    /// Connections with bytes to pass on that no socket event will report, and the closure for the loop's next turn.
    private var nudged: [OpaquePointer] = []
    private let idle = UnsafeMutablePointer<uv_idle_t>.allocate(capacity: 1)
    private var isClosed = false
    /// The total size of the chunked bodies that are kept. They come before any credential is checked.
    var chunkedBytes = 0
    static let chunkedLimit = 64 * 1024 * 1024

    /// - Throws: `LWSError` where libwebsockets would not call our function.
    init(_ loop: LoopContext, _ limits: RequestLimits) throws {
        try LibrarySymbol.checkReplaced()
        self.loop = loop
        self.limits = limits
        uv_idle_init(loop.uv, idle)
        idle.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    /// Must be called on the loop's thread, before libuv's loop is closed.
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

    /// The connection has ended, or another object reads it.
    func forget(_ wsi: OpaquePointer) {
        forgetHTTP2(wsi)
        readers[wsi]?.dropsChunked()
        readers[wsi] = nil
    }

    func reader(of wsi: OpaquePointer) -> RequestReader? { readers[wsi] }

    // MARK: The question

    /// The answer to libwebsockets' question about a list; nil where the list belongs to no reader.
    func answer(_ list: UnsafeMutablePointer<OpaquePointer?>) -> RequestReader.Answer? {
        guard let wsi = keptInput.connection(with: list, among: loop.adopted) else { return nil }
        if readers[wsi]?.speaksHTTP2(wsi) == true {
            forget(wsi)
            addHTTP2(wsi)
        }
        guard let reader = readers[wsi] else {
            if let connection = http2[wsi] { feed(list, of: connection) }
            guard isEndingWebSocket(wsi) else { return nil }
            discard(list, of: wsi)
            return .end
        }
        if let rest = reader.takeRest() {
            forget(wsi)
            // The first frames of a WebSocket. libwebsockets keeps them as if it had read them itself.
            if !rest.isEmpty, lws_buflist_append_segment(list, rest, rest.count) < 0 { return .failed }
            return nil
        }
        return reader.next(wsi)
    }

    /// Whether libwebsockets is about to send a close frame because a WebSocket's peer broke the protocol.
    private func isEndingWebSocket(_ wsi: OpaquePointer) -> Bool {
        // The list may be another one, of something that is no connection.
        loop.adopted.contains(wsi) && StreamTag.isOpenWebSocket(Int(bitPattern: lws_get_opaque_user_data(wsi)))
            && StreamSocket.isClosing(wsi)
    }

    /// Reads and drops all that has come for such a WebSocket, and keeps libwebsockets from reading what comes now.
    ///
    /// libwebsockets would read on in the middle of the frame, and end the connection without its close frame, or
    /// put a ping into the buffer that has it. Where bytes of ours still wait for the socket it would take nothing of
    /// what it reads, and within TLS it would ask again without end.
    private func discard(_ list: UnsafeMutablePointer<OpaquePointer?>, of wsi: OpaquePointer) {
        lws_rx_flow_control(wsi, 0)
        lws_buflist_destroy_all_segments(list)
        for _ in 0..<Self.largestDiscard / Self.readBytes {
            switch read(wsi) {
            case .bytes: continue
            case .none: return
            case .end: return tandem_kill(wsi)
            }
        }
        // A peer that sends without end.
        tandem_cut(wsi)
    }

    /// Bytes that are dropped at once.
    private static let largestDiscard = 256 * 1024

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

    /// Makes libwebsockets ask again in the loop's next turn.
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
            // After an answer libwebsockets waits until the socket is writable before it reads.
            if readers[wsi]?.awaitsRequest == true { guard service(wsi, POLLOUT) else { continue } }
            guard service(wsi, POLLIN) else { continue }
            // A WebSocket's frames are taken a few at a time.
            if readers[wsi] == nil, keptInput.isKept(of: wsi) { nudge(wsi) }
        }
    }

    /// Returns false where the connection has ended.
    private func service(_ wsi: OpaquePointer, _ events: Int32) -> Bool {
        var poll = pollfd(fd: lws_get_socket_fd(wsi), events: Int16(events), revents: Int16(events))
        guard poll.fd >= 0 else { return false }
        return lws_service_fd_tsi(loop.lws, &poll, 0) == 0 && loop.adopted.contains(wsi)
    }

    /// Answers a request that a rule refuses, and ends our side of the connection. Returns false where the answer
    /// cannot be sent.
    func refuse(_ rejection: RequestRejection, _ wsi: OpaquePointer) -> Bool {
        guard let response = loop.server?.refused(rejection) else { return false }
        return write(response.http1(withBody: rejection.method != "HEAD"), to: wsi) && endsOurSide(wsi)
    }

    /// Ends our side of a connection, and keeps it open until the peer has read the answer and leaves. Otherwise
    /// bytes that are still on their way would make the kernel reset the connection, and the reset would overtake the
    /// answer. Returns false where a part of the answer waits for the socket.
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

    /// How many seconds an answer that ends a connection waits until its peer has read it.
    static let lingerSeconds: Int32 = 2

    /// Keeps a connection that ends with an answer until its peer, which is sending a body, has read it. Returns
    /// whether it is kept.
    func lingers(_ wsi: OpaquePointer) -> Bool {
        guard let reader = readers[wsi], reader.owesBody, endsOurSide(wsi) else { return false }
        reader.ends()
        // libwebsockets has its own timeout for a body, which it may set after this returns.
        loop.later { [unowned self] in
            if loop.adopted.contains(wsi) { tandem_timeout(wsi, Self.lingerSeconds) }
        }
        return true
    }

    /// Sends 100 Continue to a peer that waits for it (RFC 9110, section 10.1.1).
    func sendContinue(_ wsi: OpaquePointer) {
        if !write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), to: wsi) { tandem_kill(wsi) }
    }

    private func write(_ bytes: [UInt8], to wsi: OpaquePointer) -> Bool {
        guard bytes.count <= loop.scratch.capacity else { return false }
        loop.scratch.start.update(from: bytes, count: bytes.count)
        return tandem_write_raw(wsi, loop.scratch.start, bytes.count) >= 0
    }
}
