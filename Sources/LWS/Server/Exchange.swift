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
    /// Percent-decoded, without the query. `%2F` is not decoded, because it is no slash; `*` stands for the whole
    /// server.
    public let path: String
    public let isHTTP2: Bool
    /// Whether the peer uses HTTP/1.0, which has no chunked transfer coding.
    public let isHTTP10: Bool
    public private(set) var body: [UInt8] = []
    /// The maximum size of the body; a larger one is refused with 413. 0 discards the body.
    public var bodyLimit = 0
    public private(set) var bodyExceeded = false
    /// Whether no more of the body will come, as far as is known.
    public internal(set) var hasWholeBody = false
    /// For the delegate's own use, when the body is complete or the peer leaves before a response. Cleared on
    /// respond, to break a retain cycle.
    /// of with the response: what it holds may well hold this exchange.
    public var context: AnyObject?

    /// Until the response begins.
    private(set) var head: RequestHead?
    /// Why a request over HTTP/2 must be refused, at once or because of its body; nil where it is valid. Over
    /// HTTP/1.1 such requests become no exchange, because their connections end.
    public internal(set) var rejection: RequestRejection?

    let loop: LoopContext
    private(set) var wsi: OpaquePointer?
    private(set) var state = State.open
    /// Set while libwebsockets calls. It then gets the outcome as the callback's return value.
    var insideCallback = false
    var closesAfterResponse = false
    /// Whether the connection, or the HTTP/2 stream, ends after the response, whatever the response says.
    public var closesConnection = false
    /// Whether the peer waits for permission to send its body, and no answer has begun.
    let expectsContinue: Bool
    private var isWatched = false
    /// Whether the connection ends once the socket has taken the whole response.
    private var isEnding = false
    /// The part of the response's body that has not been sent.
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

    /// Sends the whole response. It may be called once, from any callback of the loop.
    public func respond(_ response: Response) {
        guard case .open = state, let wsi else { return }
        let wasParked = stopWatching()
        var response = response
        // libwebsockets would wait for the rest of a body for ever while its request waits.
        if !isHTTP2, closesConnection || wasParked && reader?.owesBody == true { response.closes = true }
        state = .responded
        context = nil
        head = nil
        reader?.readOn(wsi)
        let sent = write(response, to: wsi)
        closesAfterResponse = response.closes || !sent
        // Over HTTP/2 the rest of a large body is sent when the peer's windows allow it.
        guard !insideCallback, unsent.isEmpty else { return }
        conclude(wsi, wasParked: wasParked)
    }

    private var reader: RequestReader? { isHTTP2 ? nil : wsi.flatMap { loop.gate?.reader(of: $0) } }

    /// Continues to send the body. Returns the value for libwebsockets' callback to return.
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
            // A kill would drop the bytes that wait for the socket. So the connection is ended by a callback after
            // they were sent.
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
            // Only now, and not where the connection ends: bytes behind the request would be taken for more of its
            // body, and libwebsockets would forget the kill.
            lws_rx_flow_control(wsi, 1)
        }
    }

    /// Why a request can neither wait nor stream.
    public enum Rejection: Error, Sendable {
        case peerHasGone
        /// The system cannot watch another socket.
        case noRoom
    }

    /// Sends the response's header and begins a stream, which the delegate knows by `token`. Where it throws, nothing
    /// was sent.
    public func beginStream(
        status: Int = 200, headers: [(name: String, value: String)], token: Int
    ) throws(Rejection) -> StreamSocket {
        guard case .open = state, let wsi else { throw .peerHasGone }
        if !isHTTP2, !loop.watcher.watch(lws_get_socket_fd(wsi), token: StreamTag.watched(token)) { throw .noRoom }
        var all = headers
        if !isHTTP2 {
            // A proxy streams a chunked response, but may buffer one that ends with the connection.
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
        lws_set_opaque_user_data(wsi, StreamTag.pointer(token, isWebSocket: false))
        tandem_no_timeout(wsi)
        let socket: StreamSocket
        if isHTTP2 {
            // Frees the memory of the header, and exempts the connection from the idle timeout.
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

    /// Lets the request wait before its response (a long poll), and notices meanwhile if the peer leaves.
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

    /// The watcher has the address of this exchange, so it must forget it before the exchange is freed. libuv closes
    /// the socket later, which would also end the watch. Returns whether it was watched.
    @discardableResult
    private func stopWatching() -> Bool {
        guard isWatched, let wsi else { return false }
        isWatched = false
        loop.watcher.unwatch(lws_get_socket_fd(wsi))
        return true
    }

    /// The watcher has noticed that the peer left while the exchange was parked.
    func peerHasLeft() {
        guard let wsi else { return }
        stopWatching()
        tandem_kill(wsi)
    }

    /// Releases the connection: it has another owner now, or none.
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

    /// The maximum size of a body that is written together with its header, and so in one segment where it fits.
    private static let largestBodyWithHeader = 32 * 1024

    /// Writes as much of the body as possible; libwebsockets keeps what a full socket does not take. Returns false on
    /// failure.
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
