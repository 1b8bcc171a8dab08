import CLibwebsockets
import Glibc

/// The gate's part for HTTP/2 connections.
extension RequestGate {
    func addHTTP2(_ wsi: OpaquePointer) {
        http2[wsi] = HTTP2Connection(wsi, limits, self)
        deadlined.insert(wsi)
    }

    /// A connection or a stream has ended.
    func forgetHTTP2(_ wsi: OpaquePointer) {
        http2[wsi] = nil
        deadlined.remove(wsi)
        http2Streams.removeValue(forKey: wsi)?.closed(wsi)
    }

    func readsHTTP2(_ wsi: OpaquePointer) -> Bool { http2[wsi] != nil }

    /// libwebsockets is about to read a connection, and first asks for the bytes that it keeps of it. The frames that
    /// we make are put there.
    func feed(_ list: UnsafeMutablePointer<OpaquePointer?>, of connection: HTTP2Connection) {
        guard lws_buflist_total_len(list) == 0 else { return }
        let wsi = connection.network
        if connection.takesInput {
            // The buffer fits a TLS record. What stays in the socket wakes the loop again.
            switch read(wsi) {
            case .bytes(let bytes): connection.append(bytes)
            case .none: break
            // libwebsockets notices it by itself.
            case .end: return
            }
        }
        let input = connection.nextInput()
        if lws_buflist_append_segment(list, input, input.count) < 0 { tandem_cut(wsi) }
    }

    // MARK: Streams

    /// libwebsockets has come to a request on a stream. Returns nil where no request is to be served.
    func takeRequest(_ wsi: OpaquePointer, path: UnsafeRawBufferPointer) -> Exchange? {
        guard let network = lws_get_network_wsi(wsi), let connection = http2[network] else { return nil }
        http2Streams[wsi] = connection
        return connection.takeRequest(wsi, path: path)
    }

    /// The delegate has got a request. Returns whether a body is expected and has not begun.
    func deliverBody(_ wsi: OpaquePointer) -> Bool { http2Streams[wsi]?.deliverBody(wsi) ?? false }

    /// libwebsockets will end a stream in its next turn.
    func willClose(_ wsi: OpaquePointer) { http2Streams[wsi]?.willClose(wsi) }

    // MARK: The end

    /// Sets whether `endLate` checks a connection.
    func awaitsHead(on wsi: OpaquePointer, isAwaited: Bool) {
        if isAwaited { deadlined.insert(wsi) } else { deadlined.remove(wsi) }
    }

    /// Ends the connections whose heads are late. It is called once a second.
    func endLate() {
        for wsi in deadlined { http2[wsi]?.endIfLate() }
    }

    /// Sends a frame between those of libwebsockets. Returns false where libwebsockets keeps a part of a frame, or
    /// the socket has no room. Where the socket took a part of it, the connection ends. A dead connection is noticed
    /// by the next read.
    func sendFrame(_ frame: HTTP2Frame, on wsi: OpaquePointer) -> Bool {
        guard lws_partial_buffered(wsi) == 0 else { return false }
        let frame = frame.encoded
        let sent: Int
        let isCut: Bool
        if let ssl = lws_get_ssl(wsi) {
            // With no room at all, OpenSSL would keep a record for later.
            var place = pollfd(fd: lws_get_socket_fd(wsi), events: Int16(POLLOUT), revents: 0)
            guard poll(&place, 1, 0) == 1 else { return false }
            tandem_forget_errors()
            let written = SSL_write(ssl, frame, Int32(frame.count))
            // OpenSSL has begun a record.
            isCut = written <= 0 && SSL_get_error(ssl, written) == SSL_ERROR_WANT_WRITE
            tandem_forget_errors()
            sent = Int(written)
        } else {
            sent = send(lws_get_socket_fd(wsi), frame, frame.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            isCut = sent > 0 && sent < frame.count
        }
        if isCut { tandem_cut(wsi) }
        return sent == frame.count
    }

    /// The server stops.
    func announceEnd() {
        for connection in http2.values { connection.announceEnd() }
    }

    /// Sends the last frame, and ends our side of the connection.
    func sendGoAway(_ frame: HTTP2Frame, on wsi: OpaquePointer) {
        _ = sendFrame(frame, on: wsi)
        shutdown(lws_get_socket_fd(wsi), Int32(SHUT_WR))
    }

    /// Makes libwebsockets find only the end of the connection when it reads. An error here would be taken for a
    /// number of bytes.
    func endsUnread(_ wsi: OpaquePointer) {
        let socket = lws_get_socket_fd(wsi)
        shutdown(socket, Int32(SHUT_RDWR))
        while recv(socket, readBuffer.baseAddress, readBuffer.count, Int32(MSG_DONTWAIT)) > 0 {}
    }
}
