import CLibwebsockets
import Glibc

/// Which requests came out of libwebsockets' own buffer, behind another of their connection (RFC 9112, section 9.3.2), and not
/// from the socket.
///
/// libwebsockets 4.1 looks for the body of such a request at the beginning of the buffer, where its header stands, and frees what
/// it still reads. It does not tell where a request came from, but it empties the buffer before it reads again, so the kernel does:
/// nothing was read since the transaction before.
struct BufferedRequests {
    /// What had been read of each HTTP/1.1 connection when its last transaction ended; 0 before that.
    private var read: [OpaquePointer: Int64] = [:]
    /// The connection whose request is between its first callback and `LWS_CALLBACK_HTTP`, and whether its body cannot be read.
    private var arriving: (wsi: OpaquePointer, losesBody: Bool)?

    /// A request's header is complete.
    mutating func arrives(_ wsi: OpaquePointer) {
        if read[wsi] == nil, tandem_is_h2(wsi) == 0 { read[wsi] = 0 }
        arriving = (wsi, Self.announcesBody(wsi) && holds(wsi))
    }

    /// Whether the buffer holds the connection's request. While it does, reading must not be stopped: libwebsockets would ask at once,
    /// and again and again, whether it may go on.
    func holds(_ wsi: OpaquePointer) -> Bool {
        guard let before = read[wsi], before > 0 else { return false }
        // The kernel counts the end of the peer's bytes as one more.
        return Self.bytesRead(wsi).map { $0 - before < 2 } ?? true
    }

    /// The request is told of. Returns whether its body cannot be read.
    mutating func begins(_ wsi: OpaquePointer) -> Bool {
        defer { arriving = nil }
        return arriving?.wsi == wsi && arriving?.losesBody == true
    }

    /// The connection has a protocol again: between transactions, and once on the way to each request.
    mutating func binds(_ wsi: OpaquePointer) {
        guard arriving?.wsi != wsi, read[wsi] != nil else { return }
        // Where it is not known, a request with a body is refused.
        read[wsi] = Self.bytesRead(wsi) ?? .max
    }

    /// The connection has gone, or carries a stream.
    mutating func forget(_ wsi: OpaquePointer) {
        read[wsi] = nil
    }

    /// Where there is no length, libwebsockets expects a body of any.
    private static func announcesBody(_ wsi: OpaquePointer) -> Bool {
        lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) > 0
            || [WSI_TOKEN_POST_URI, WSI_TOKEN_PUT_URI, WSI_TOKEN_PATCH_URI].contains {
                lws_hdr_total_length(wsi, $0) > 0
            }
    }

    /// What has been read from the socket so far; nil where the kernel does not say, or bytes come faster than can be asked.
    private static func bytesRead(_ wsi: OpaquePointer) -> Int64? {
        let descriptor = lws_get_socket_fd(wsi)
        var received = bytesReceived(descriptor)
        for _ in 0..<8 {
            var unread: Int32 = 0
            guard let before = received, ioctl(descriptor, UInt(FIONREAD), &unread) == 0 else { return nil }
            received = bytesReceived(descriptor)
            // The two belong together where nothing has come in between: a peer may send its next request at any time.
            if received == before { return before - Int64(unread) }
        }
        return nil
    }

    private static func bytesReceived(_ descriptor: Int32) -> Int64? {
        // linux/tcp.h, struct tcp_info: tcpi_bytes_received. glibc's own copy ends before it.
        let offset = 128
        return withUnsafeTemporaryAllocation(byteCount: offset + 8, alignment: 8) { info in
            var length = socklen_t(info.count)
            guard getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, info.baseAddress, &length) == 0,
                Int(length) == info.count
            else { return nil }
            return info.load(fromByteOffset: offset, as: Int64.self)
        }
    }
}
