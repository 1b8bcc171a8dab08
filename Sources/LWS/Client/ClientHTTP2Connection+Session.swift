import CNghttp2

/// nghttp2's session, and its C callbacks.
extension ClientHTTP2Connection {
    static func words(_ code: Int32) -> String { String(cString: nghttp2_strerror(code)) }
    static func name(of code: UInt32) -> String { String(cString: nghttp2_http2_strerror(code)) }

    static func of(_ pointer: UnsafeMutableRawPointer?) -> ClientHTTP2Connection {
        Unmanaged<ClientHTTP2Connection>.fromOpaque(pointer!).takeUnretainedValue()
    }

    func makeSession() -> OpaquePointer? {
        var session: OpaquePointer?
        nghttp2_session_client_new2(
            &session, Self.callbacks, Unmanaged.passUnretained(self).toOpaque(), Self.options)
        return session
    }

    nonisolated(unsafe) private static let options: OpaquePointer? = {
        var options: OpaquePointer?
        nghttp2_option_new(&options)
        nghttp2_option_set_no_auto_window_update(options, 1)
        nghttp2_option_set_no_closed_streams(options, 1)
        return options
    }()

    nonisolated(unsafe) private static let callbacks: OpaquePointer? = {
        var callbacks: OpaquePointer?
        nghttp2_session_callbacks_new(&callbacks)
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, connection in
            of(connection).sectionBegins(frame!.pointee.hd.stream_id)
            return 0
        }
        nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _, frame, name, nameLength, value, length, _, connection in
            of(connection).sectionHas(
                frame!.pointee.hd.stream_id, UnsafeBufferPointer(start: name, count: nameLength),
                UnsafeBufferPointer(start: value, count: length))
                ? 0 : Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, connection in
            let header = frame!.pointee.hd
            let kind = UInt32(header.type)
            // Before its end is reported, because a handler of the head may end the connection.
            if kind == NGHTTP2_HEADERS.rawValue || kind == NGHTTP2_DATA.rawValue,
                header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
            {
                of(connection).answerEnds(header.stream_id)
            }
            if kind == NGHTTP2_HEADERS.rawValue {
                of(connection).sectionEnds(header.stream_id)
            } else if kind == NGHTTP2_GOAWAY.rawValue {
                let goAway = frame!.pointee.goaway
                of(connection).receivedGoAway(
                    goAway.error_code,
                    String(
                        decoding: UnsafeBufferPointer(
                            start: goAway.opaque_data, count: min(goAway.opaque_data_len, 200)),
                        as: UTF8.self))
            }
            return 0
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, stream, bytes, count, connection in
            of(connection).bodyHas(stream, UnsafeRawBufferPointer(start: bytes, count: count))
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, code, connection in
            of(connection).streamEnds(stream, code)
            return 0
        }
        nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks) { _, frame, code, connection in
            of(connection).isBroken(code, on: frame!.pointee.hd.stream_id)
            return 0
        }
        return callbacks
    }()
}
