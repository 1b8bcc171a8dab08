import CLibwebsockets
import Glibc

/// A connection on which a response or a WebSocket streams. It is a handle, confined to its loop's thread.
///
/// It is valid from the delegate's `opened` to `closed`.
public struct StreamSocket {
    public enum Kind: UInt8, Sendable {
        /// HTTP/1.1: bytes go to the socket unchanged.
        case http1
        case http1TLS
        /// The caller makes the frames. They go to the socket unchanged, but never into the middle of a frame that
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

    /// The maximum payload of a DATA frame for every peer (RFC 9113, section 4.2), less the frame's header.
    /// libwebsockets makes one frame of each write, however large; over TLS, what does not fit into one record
    /// together with its header gets stuck.
    static let largestDataFrame = 16 * 1024 - 9

    init(_ kind: Kind, wsi: OpaquePointer, isCompressed: Bool = false) {
        self.kind = kind
        self.isCompressed = isCompressed
        self.wsi = wsi
        descriptor = lws_get_socket_fd(wsi)
    }

    /// The result of a write.
    public enum WriteResult: Equatable, Sendable {
        /// This many bytes were taken. If they are fewer than were given, the delegate's `writable` will be called.
        case taken(Int)
        /// The connection is dead. `closed` will follow.
        case dead
    }

    /// Writes framed bytes: HTTP/1.1 chunks, or complete WebSocket frames; over HTTP/2 the payload of a DATA frame.
    ///
    /// Where a full socket buffer cuts a WebSocket frame, the frame must be completed with `writeRemainder` at once.
    public func write(_ bytes: UnsafeRawBufferPointer, _ context: LoopContext) -> WriteResult {
        switch kind {
        case .http1:
            return sendNow(bytes)
        case .http1TLS:
            return writeTLS(bytes)
        case .webSocket:
            // A PONG or CLOSE of libwebsockets may be half sent.
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

    /// Reads the memory that `write` will need, which is not in the processor's cache since the last update. For
    /// several connections in a row, the processor then waits for all of them at once.
    public func fetch() {
        guard kind == .webSocket || kind == .webSocketTLS else { return }
        _ = lws_partial_buffered(wsi)
        _ = Self.isClosing(wsi)
    }

    /// Gives the rest of a frame to libwebsockets, which sends it before its own frames.
    public func writeRemainder(_ bytes: UnsafeRawBufferPointer, _ context: LoopContext) -> WriteResult {
        let result = handOver(bytes, context)
        lws_callback_on_writable(wsi)
        return result
    }

    /// Sends a WebSocket ping. Its payload is one byte, because libwebsockets does not report a pong without one.
    ///
    /// Returns whether it was sent. It is not sent behind bytes that libwebsockets keeps, or behind its close frame.
    public func ping(_ context: LoopContext) -> Bool {
        guard !keepsBytes, !Self.isClosing(wsi) else { return false }
        context.scratch.start.pointee = 0
        if lws_write(wsi, context.scratch.start, 1, LWS_WRITE_PING) >= 0 { return true }
        tandem_kill(wsi)
        return false
    }

    /// Whether libwebsockets keeps bytes that the socket did not take. Over HTTP/2 they belong to the connection.
    public var keepsBytes: Bool { lws_partial_buffered(lws_get_network_wsi(wsi)) != 0 }

    /// Stops watching an HTTP/1.1 stream's socket: no later event will have the stream's token.
    public func unwatch(_ context: LoopContext) {
        if kind == .http1 || kind == .http1TLS { context.watcher.unwatch(descriptor) }
    }

    /// Whether libwebsockets closes a WebSocket, because we asked for it or the peer broke the protocol. Nothing may
    /// follow its close frame.
    static func isClosing(_ wsi: OpaquePointer) -> Bool { lws_get_close_length(wsi) > 0 }

    /// Requests a call of the delegate's `writable` when the socket is writable again.
    public func requestWritable() {
        switch kind {
        case .http1, .http1TLS: break  // the socket watcher's edge tells
        case .http2: Self.requestRoom(wsi)
        default: lws_callback_on_writable(wsi)
        }
    }

    /// How many bytes may be written to an HTTP/2 stream now: none while libwebsockets keeps bytes, otherwise as many
    /// as the windows of the stream and of the connection allow, less one of the connection's. With no HTTP/2 credit
    /// left for the connection, libwebsockets would not wait for the socket to flush a partially written buffer, and
    /// the peer would wait for that buffer before it gives credit.
    static func room(_ wsi: OpaquePointer) -> Int {
        let network = lws_get_network_wsi(wsi)
        guard lws_partial_buffered(network) == 0 else { return 0 }
        return min(Int(lws_get_peer_write_allowance(wsi)), Int(lws_get_peer_write_allowance(network)) - 1)
    }

    /// Without credit libwebsockets would call at once, again and again. A WINDOW_UPDATE causes a call for every
    /// stream.
    ///
    /// libwebsockets only flushes a partially written buffer while a stream waits for the socket.
    static func requestRoom(_ wsi: OpaquePointer) {
        if lws_partial_buffered(lws_get_network_wsi(wsi)) != 0 || room(wsi) > 0 { lws_callback_on_writable(wsi) }
    }

    /// Ends the connection in the loop's next turn. What was written is still sent.
    public func close() {
        // libwebsockets would drop an HTTP/2 stream without telling its peer (RFC 9113, section 5.1).
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

    /// Calls SSL_write for the connection directly: libwebsockets' own buffering waits for POLLOUT, which it ignores
    /// in this state.
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

    /// Gives all bytes to libwebsockets, which then keeps what the socket does not take. If the end of a frame were
    /// kept elsewhere, a PONG or CLOSE of libwebsockets could cut the frame.
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
