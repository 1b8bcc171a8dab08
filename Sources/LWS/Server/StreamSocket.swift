import CLibwebsockets
import Glibc

/// A connection on which a response or a WebSocket streams: a handle, confined to its loop's thread.
///
/// It is valid from the delegate's `opened` to `closed`.
public struct StreamSocket {
    public enum Kind: UInt8, Sendable {
        /// HTTP/1.1: bytes go to the socket as they are.
        case http1
        case http1TLS
        /// Frames are made by the caller, and go to the socket as they are, but never into the middle of a frame that
        /// libwebsockets has begun.
        case webSocket
        case webSocketTLS
        /// A stream of an HTTP/2 connection: libwebsockets makes the DATA frames.
        case http2
    }

    public let kind: Kind
    /// Whether a WebSocket's messages may be compressed (RFC 7692).
    public let isCompressed: Bool
    public var isWebSocket: Bool { kind == .webSocket || kind == .webSocketTLS }
    let descriptor: Int32
    let wsi: OpaquePointer

    /// What every peer takes in one DATA frame (RFC 9113, section 4.2), less the frame's header: libwebsockets makes a frame
    /// of each write, however large, and over TLS what does not fit one record with its header is stuck behind it.
    static let largestDataFrame = 16 * 1024 - 9

    init(_ kind: Kind, wsi: OpaquePointer, isCompressed: Bool = false) {
        self.kind = kind
        self.isCompressed = isCompressed
        self.wsi = wsi
        descriptor = lws_get_socket_fd(wsi)
    }

    /// What became of a write.
    public enum WriteResult: Equatable, Sendable {
        /// This many bytes are on their way; when it is fewer than were given, the delegate's `writable` will be called.
        case taken(Int)
        /// The connection is dead, and `closed` will follow.
        case dead
    }

    /// Writes pre-framed bytes: HTTP/1.1 chunks, or complete WebSocket frames; over HTTP/2 the payload of a DATA frame.
    ///
    /// For a WebSocket, a frame that was cut by a full socket buffer must be completed with `writeRemainder` at once.
    public func write(_ bytes: UnsafeRawBufferPointer, _ context: LoopContext) -> WriteResult {
        switch kind {
        case .http1:
            return sendNow(bytes)
        case .http1TLS:
            return writeTLS(bytes)
        case .webSocket:
            // A PONG or CLOSE of libwebsockets' own may be half sent.
            guard lws_partial_buffered(wsi) == 0, !Self.isClosing(wsi) else { return blocked() }
            return sendNow(bytes)
        case .webSocketTLS:
            guard lws_partial_buffered(wsi) == 0, !Self.isClosing(wsi) else { return blocked() }
            return handOver(bytes, context)
        case .http2:
            let room = Self.room(wsi)
            return room > 0 ? writeCopied(bytes, limit: room, context) : blocked()
        }
    }

    /// Reads what `write` will ask libwebsockets, which lies where nothing has looked since the last update: with several connections
    /// in a row the processor waits for all of them at once.
    public func fetch() {
        guard kind == .webSocket || kind == .webSocketTLS else { return }
        _ = lws_partial_buffered(wsi)
        _ = Self.isClosing(wsi)
    }

    /// Hands the rest of a frame to libwebsockets, which sends it before anything of its own.
    public func writeRemainder(_ bytes: UnsafeRawBufferPointer, _ context: LoopContext) -> WriteResult {
        let result = handOver(bytes, context)
        lws_callback_on_writable(wsi)
        return result
    }

    /// A WebSocket ping. Its payload is one byte: libwebsockets does not tell of a pong that has none.
    ///
    /// Returns whether it is on its way: behind bytes that libwebsockets keeps, or its close frame, none is sent.
    public func ping(_ context: LoopContext) -> Bool {
        guard !keepsBytes, !Self.isClosing(wsi) else { return false }
        context.scratch.start.pointee = 0
        if lws_write(wsi, context.scratch.start, 1, LWS_WRITE_PING) >= 0 { return true }
        tandem_kill(wsi)
        return false
    }

    /// Whether libwebsockets keeps bytes that the socket did not take. Over HTTP/2 they are the connection's.
    public var keepsBytes: Bool { lws_partial_buffered(lws_get_network_wsi(wsi)) != 0 }

    /// Forgets an HTTP/1.1 stream's socket: no event will name the stream's token any more.
    public func unwatch(_ context: LoopContext) {
        if kind == .http1 || kind == .http1TLS { context.watcher.unwatch(descriptor) }
    }

    /// Whether libwebsockets closes a WebSocket, by our wish or for a broken protocol: nothing may follow its close frame.
    static func isClosing(_ wsi: OpaquePointer) -> Bool { lws_get_close_length(wsi) > 0 }

    /// Has the delegate's `writable` called when the socket takes bytes again.
    public func requestWritable() {
        switch kind {
        case .http1, .http1TLS: break  // the socket watcher's edge tells
        case .http2: Self.requestRoom(wsi)
        default: lws_callback_on_writable(wsi)
        }
    }

    /// The bytes that may go into an HTTP/2 stream now: none behind bytes that libwebsockets keeps, and as many as the peer
    /// allows for the stream and, but for one, for the connection. Without credit for the connection libwebsockets would not
    /// wait for the socket to send what it keeps, and the peer would wait for that to give credit.
    static func room(_ wsi: OpaquePointer) -> Int {
        let network = lws_get_network_wsi(wsi)
        guard lws_partial_buffered(network) == 0 else { return 0 }
        return min(Int(lws_get_peer_write_allowance(wsi)), Int(lws_get_peer_write_allowance(network)) - 1)
    }

    /// Without credit libwebsockets would call at once, again and again. A WINDOW_UPDATE calls for every stream.
    ///
    /// What libwebsockets keeps needs a stream that waits: where none does, it stops to wait for the socket.
    static func requestRoom(_ wsi: OpaquePointer) {
        if lws_partial_buffered(lws_get_network_wsi(wsi)) != 0 || room(wsi) > 0 { lws_callback_on_writable(wsi) }
    }

    /// Ends the connection on the loop's next turn; what was written is still sent.
    public func close() {
        // libwebsockets would forget an HTTP/2 stream without a word to its peer (RFC 9113, section 5.1).
        if kind == .http2 {
            endStream()
            LoopContext.current?.gate?.willClose(wsi)
        }
        tandem_kill(wsi)
    }

    private func endStream() {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(TANDEM_LWS_PRE) + 1) { bytes in
            _ = lws_write(wsi, bytes.baseAddress! + Int(TANDEM_LWS_PRE), 0, LWS_WRITE_HTTP_FINAL)
        }
    }

    private func sendNow(_ bytes: UnsafeRawBufferPointer) -> WriteResult {
        let sent = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        if sent == bytes.count { return .taken(sent) }
        if sent >= 0 || errno == EAGAIN || errno == EINTR {
            requestWritable()
            return .taken(max(sent, 0))
        }
        return dead()
    }

    /// SSL_write straight to the connection: libwebsockets' own buffering waits for POLLOUT, which it ignores in this state.
    private func writeTLS(_ bytes: UnsafeRawBufferPointer) -> WriteResult {
        let ssl = lws_get_ssl(wsi)
        var sent = 0
        while sent < bytes.count {
            tandem_forget_errors()
            let result = SSL_write(ssl, bytes.baseAddress! + sent, Int32(clamping: bytes.count - sent))
            if result > 0 {
                sent += Int(result)
                continue
            }
            let error = SSL_get_error(ssl, result)
            tandem_forget_errors()
            guard error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ else { return dead() }
            break
        }
        return .taken(sent)
    }

    /// Gives libwebsockets all of the bytes, and so makes it keep what the socket does not take: were a frame's end kept
    /// elsewhere, a PONG or CLOSE of libwebsockets' own could cut the frame.
    private func handOver(_ bytes: UnsafeRawBufferPointer, _ context: LoopContext) -> WriteResult {
        var taken = 0
        while taken < bytes.count {
            let count = min(bytes.count - taken, context.scratch.capacity)
            context.scratch.start.update(
                from: (bytes.baseAddress! + taken).assumingMemoryBound(to: UInt8.self), count: count)
            guard tandem_write_raw(wsi, context.scratch.start, count) >= 0 else { return dead() }
            taken += count
        }
        return .taken(taken)
    }

    private func writeCopied(_ bytes: UnsafeRawBufferPointer, limit: Int, _ context: LoopContext) -> WriteResult {
        var taken = 0
        let total = min(bytes.count, limit)
        while taken < total {
            let count = min(total - taken, Self.largestDataFrame)
            context.scratch.start.update(
                from: (bytes.baseAddress! + taken).assumingMemoryBound(to: UInt8.self), count: count)
            guard tandem_write_raw(wsi, context.scratch.start, count) >= 0 else { return dead() }
            taken += count
            if keepsBytes { break }
        }
        if taken < bytes.count || keepsBytes { requestWritable() }
        return .taken(taken)
    }

    private func blocked() -> WriteResult {
        requestWritable()
        return .taken(0)
    }

    private func dead() -> WriteResult {
        tandem_kill(wsi)
        return .dead
    }
}
