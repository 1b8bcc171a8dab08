import CLibwebsockets

/// One HTTP request and its response, on the loop's thread.
public final class Exchange {
    public enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case delete = "DELETE"
        case options = "OPTIONS"
        case other
    }

    public let method: Method
    /// Percent-decoded, without the query. `%2F` stays, as it is no slash, and `*` stands for the whole server.
    public let path: String
    public let isHTTP2: Bool
    /// Whether the peer speaks HTTP/1.0, which has no chunked transfer coding.
    public let isHTTP10: Bool
    public private(set) var body: [UInt8] = []
    /// The most that the body may have; more is refused with 413. 0 discards a body.
    public var bodyLimit = 0
    public private(set) var bodyExceeded = false
    /// Whether no more of the body will come, as far as can be seen.
    public internal(set) var hasWholeBody = false
    /// Anything the delegate wants to find again when the body is complete, or when the peer leaves before a response. Let go
    /// of with the response: what it holds may well hold this exchange.
    public var context: AnyObject?

    /// Until the response begins.
    private(set) var head: RequestHead?
    /// Why a request over HTTP/2 is to be refused, at once or for its body; nil where it is sound. Over HTTP/1.1 such requests become no
    /// exchange, as their connections end.
    public internal(set) var rejection: RequestRejection?

    let loop: LoopContext
    private(set) var wsi: OpaquePointer?
    private(set) var state = State.open
    /// Set while libwebsockets calls: it then learns the outcome from the callback's return value.
    var insideCallback = false
    var closesAfterResponse = false
    /// Whether the connection, or the stream of HTTP/2, ends with the response, whatever the response says.
    public var closesConnection = false
    /// Whether the peer waits to be told before it sends its body, and no answer is on its way.
    let expectsContinue: Bool
    private var isWatched = false
    /// Whether the connection ends as soon as the socket has taken all of the response.
    private var isEnding = false
    /// What of the response's body has not gone yet.
    private var unsent: ArraySlice<UInt8> = []

    enum State {
        case open
        case responded
        case streaming(Int)
        case dead
    }

    /// A request over HTTP/1.1.
    convenience init(_ wsi: OpaquePointer, head: RequestHead, loop: LoopContext) {
        self.init(wsi, head, method: head.method, path: head.path, isHTTP2: false, loop)
    }

    /// A request over HTTP/2.
    convenience init(
        _ wsi: OpaquePointer, http2 request: Result<RequestHead, RequestRejection>, loop: LoopContext
    ) {
        switch request {
        case .success(let head):
            self.init(wsi, head, method: head.method, path: head.path, isHTTP2: true, loop)
        case .failure(let rejection):
            self.init(wsi, nil, method: rejection.method, path: rejection.path, isHTTP2: true, loop)
            self.rejection = rejection
        }
    }

    private init(
        _ wsi: OpaquePointer, _ head: RequestHead?, method: String, path: String, isHTTP2: Bool, _ loop: LoopContext
    ) {
        self.wsi = wsi
        self.loop = loop
        self.head = head
        self.isHTTP2 = isHTTP2
        self.method = Method(rawValue: method) ?? .other
        self.path = path
        isHTTP10 = head?.isHTTP10 ?? false
        closesConnection = head?.closes ?? false
        expectsContinue = head?.expectsContinue ?? false
    }

    public var isTLS: Bool { wsi.map { lws_is_ssl(lws_get_network_wsi($0)) != 0 } ?? false }
    /// Whether a response or a stream has begun, or the peer has left.
    public var isFinished: Bool {
        if case .open = state { false } else { true }
    }

    func receive(_ bytes: UnsafeRawBufferPointer) {
        guard bodyLimit > 0, !bodyExceeded else { return }
        if body.count + bytes.count > bodyLimit {
            bodyExceeded = true
            body = []
        } else {
            body.append(contentsOf: bytes)
        }
    }

    // MARK: Response

    /// Sends the whole response. May be called once, from any callback of the loop.
    public func respond(_ response: Response) {
        guard case .open = state, let wsi else { return }
        let wasParked = stopWatching()
        var response = response
        // libwebsockets would wait without end for the rest of a body that a waiting request has.
        if !isHTTP2, closesConnection || wasParked && reader?.owesBody == true { response.closes = true }
        state = .responded
        context = nil
        head = nil
        reader?.readOn(wsi)
        let sent = write(response, to: wsi)
        closesAfterResponse = response.closes || !sent
        // Over HTTP/2 the rest of a large body goes when the peer gives room for it.
        guard !insideCallback, unsent.isEmpty else { return }
        conclude(wsi, wasParked: wasParked)
    }

    private var reader: RequestReader? { isHTTP2 ? nil : wsi.flatMap { loop.gate?.reader(of: $0) } }

    /// The rest of the body may go on. Returns what libwebsockets' callback is to return.
    func resumeBody() -> Int32 {
        guard let wsi, !unsent.isEmpty else {
            guard isEnding else { return 0 }
            detach()
            return -1
        }
        guard writeBody(to: wsi) else { return -1 }
        guard unsent.isEmpty else { return 0 }
        detach()
        return closesAfterResponse || lws_http_transaction_completed(wsi) != 0 ? -1 : 0
    }

    var isSending: Bool { !unsent.isEmpty }

    private func conclude(_ wsi: OpaquePointer, wasParked: Bool) {
        if closesAfterResponse, !isHTTP2, lws_partial_buffered(wsi) != 0 {
            // A kill would drop what waits for room in the socket. Once that has gone the connection ends in a callback.
            isEnding = true
            if wasParked { lws_rx_flow_control(wsi, 1) }
            tandem_timeout(wsi, Int32(clamping: loop.discardBound.components.seconds))
            lws_callback_on_writable(wsi)
            return
        }
        detach()
        if closesAfterResponse, !isHTTP2, loop.gate?.lingers(wsi) == true { return }
        if closesAfterResponse || lws_http_transaction_completed(wsi) != 0 || isHTTP2 {
            loop.gate?.willClose(wsi)
            tandem_kill(wsi)
        } else if wasParked {
            // Only now, and not where the connection ends: what came behind the request would be taken for more of its body,
            // and libwebsockets would forget the kill over it.
            lws_rx_flow_control(wsi, 1)
        }
    }

    /// Why a request can neither wait nor stream.
    public enum Rejection: Error, Sendable {
        case peerHasGone
        /// The system has no room to watch another socket.
        case noRoom
    }

    /// Sends the response's header and begins a stream of which the delegate will hear under `token`. Where it cannot, nothing was sent.
    public func beginStream(
        status: Int = 200, headers: [(name: String, value: String)], token: Int
    ) throws(Rejection) -> StreamSocket {
        guard case .open = state, let wsi else { throw .peerHasGone }
        if !isHTTP2, !loop.watcher.watch(lws_get_socket_fd(wsi), token: StreamTag.watched(token)) { throw .noRoom }
        var all = headers
        if !isHTTP2 {
            // A proxy streams a chunked response, but may hold back one that the end of the connection ends.
            all.append(isHTTP10 ? ("connection", "close") : ("transfer-encoding", "chunked"))
        }
        guard writeHeader(status: status, all, contentLength: nil, to: wsi) else {
            if !isHTTP2 { loop.watcher.unwatch(lws_get_socket_fd(wsi)) }
            tandem_kill(wsi)
            state = .dead
            throw .peerHasGone
        }
        state = .streaming(token)
        context = nil
        head = nil
        lws_set_opaque_user_data(wsi, StreamTag.pointer(token))
        tandem_no_timeout(wsi)
        let socket: StreamSocket
        if isHTTP2 {
            // Takes the header's memory back, and exempts the connection from the idle timeout.
            lws_http_mark_sse(wsi)
            socket = StreamSocket(.http2, wsi: wsi)
        } else {
            lws_http_headers_detach(wsi)
            lws_rx_flow_control(wsi, 0)
            loop.gate?.forget(wsi)
            socket = StreamSocket(lws_is_ssl(wsi) != 0 ? .http1TLS : .http1, wsi: wsi)
        }
        detach(keepingTag: true)
        return socket
    }

    /// Waits for news before responding (a long poll): notices meanwhile that the peer has left.
    public func park() throws(Rejection) {
        guard case .open = state, let wsi else { throw .peerHasGone }
        guard !isHTTP2, !isWatched else {
            tandem_no_timeout(wsi)
            return
        }
        let word = UInt64(UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque()))
        guard loop.watcher.watch(lws_get_socket_fd(wsi), token: word) else { throw .noRoom }
        isWatched = true
        tandem_no_timeout(wsi)
        lws_rx_flow_control(wsi, 0)
    }

    /// The set holds this exchange's address, so it must forget it before the exchange goes; libuv closes the socket, which
    /// would end the watch too, only later. Returns whether it was watched.
    @discardableResult
    private func stopWatching() -> Bool {
        guard isWatched, let wsi else { return false }
        isWatched = false
        loop.watcher.unwatch(lws_get_socket_fd(wsi))
        return true
    }

    /// The watcher saw the peer leave while the exchange was parked.
    func peerHasLeft() {
        guard let wsi else { return }
        stopWatching()
        tandem_kill(wsi)
    }

    /// Lets go of the connection: it has another owner now, or none.
    func detach(keepingTag: Bool = false) {
        guard let wsi else { return }
        if !keepingTag { lws_set_opaque_user_data(wsi, nil) }
        self.wsi = nil
        Unmanaged.passUnretained(self).release()
    }

    func connectionClosed() {
        if case .open = state { state = .dead }
        stopWatching()
        detach()
    }

    private func write(_ response: Response, to wsi: OpaquePointer) -> Bool {
        let hasLength = response.status != 304 && response.status != 204
        let body = method == .head ? [] : response.body
        let goesTogether = !isHTTP2 && body.count <= Self.largestBodyWithHeader
        guard
            writeHeader(
                status: response.status,
                response.headers + (response.closes && !isHTTP2 ? [("connection", "close")] : []),
                contentLength: hasLength ? response.body.count : nil, to: wsi,
                with: goesTogether ? body : [], isFinal: body.isEmpty)
        else { return false }
        guard !goesTogether, !body.isEmpty else { return true }
        unsent = body[...]
        return writeBody(to: wsi)
    }

    /// Bytes of a body that goes in one write with its header, and so in one segment where it fits one.
    private static let largestBodyWithHeader = 32 * 1024

    /// Writes as much of the body as may go; libwebsockets keeps what a full socket does not take. Returns false on failure.
    private func writeBody(to wsi: OpaquePointer) -> Bool {
        while !unsent.isEmpty {
            var room = loop.scratch.capacity
            if isHTTP2 {
                room = min(StreamSocket.largestDataFrame, StreamSocket.room(wsi))
                guard room > 0 else {
                    StreamSocket.requestRoom(wsi)
                    return true
                }
            }
            let part = unsent.prefix(room)
            part.withUnsafeBufferPointer { loop.scratch.start.update(from: $0.baseAddress!, count: $0.count) }
            unsent = unsent.dropFirst(room)
            let flag = unsent.isEmpty ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP
            guard lws_write(wsi, loop.scratch.start, part.count, flag) >= 0 else {
                unsent = []
                return false
            }
        }
        return true
    }
}
