import CLibwebsockets

/// libwebsockets' callback for client connections: finds the connection in its one word.
///
/// It is called on the loop's thread, which is what confines everything below it. The reasons keep their C names.
func clientCallback(
    _ wsi: OpaquePointer?, _ reason: Int32, _ user: UnsafeMutableRawPointer?, _ input: UnsafeMutableRawPointer?,
    _ length: Int
) -> Int32 {
    let reason = lws_callback_reasons(rawValue: UInt32(bitPattern: reason))
    if reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_CLIENT_VERIFY_CERTS {
        tandem_tls_lean(user)
        tandem_tls_minimum_1_2(user)
        tandem_tls_two_steps(user)
        return 0
    }
    guard let wsi else { return 0 }
    if reason == LWS_CALLBACK_WSI_DESTROY, let loop = LoopContext.of(tandem_loop(wsi)) {
        loop.client?.destroyed(wsi)
        loop.keptInputService.destroyed(wsi)
    }
    guard let word = lws_get_opaque_user_data(wsi) else { return 0 }
    // Retained until `forget`.
    let connection = Unmanaged<ClientConnection>.fromOpaque(word).takeUnretainedValue()
    switch reason {
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        let cause = lws_get_ssl(wsi).flatMap { ClientTLS.failure(of: $0) } ?? text(input, length)
        let explained =
            cause == nobodyAnswers
            ? "it was refused, or closed at once; is the server running there?" : cause ?? "it failed"
        connection.fail("no connection to \(connection.request.authority): \(explained)")
        connection.loop.forgetAddress(of: connection)
        forget(wsi, connection)
        return 0
    case LWS_CALLBACK_WSI_DESTROY:
        connection.lostConnection()
        forget(wsi, connection)
        return 0
    default: break
    }
    if let raw = connection as? ClientRawConnection {
        switch reason {
        case LWS_CALLBACK_RAW_CONNECTED:
            raw.connected(wsi)
        case LWS_CALLBACK_RAW_CLOSE:
            raw.lostConnection()
            forget(wsi, raw)
        default: break
        }
        return 0
    }
    if let exchange = connection as? ClientExchange {
        return call(exchange, wsi, reason, input, length)
    }
    return 0
}

private func call(
    _ exchange: ClientExchange, _ wsi: OpaquePointer, _ reason: lws_callback_reasons,
    _ input: UnsafeMutableRawPointer?, _ length: Int
) -> Int32 {
    switch reason {
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
        guard let input else { return -1 }
        return exchange.appendHeader(wsi, input.assumingMemoryBound(to: UnsafeMutablePointer<UInt8>?.self), length)
            ? 0 : -1
    case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE:
        return exchange.sendBody(wsi) ? 0 : -1
    case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
        return exchange.begin(wsi) ? 0 : -1
    case LWS_CALLBACK_RECEIVE_CLIENT_HTTP:
        return exchange.bytesWait(wsi) ? 0 : -1
    case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
        exchange.deliver(UnsafeRawBufferPointer(start: input, count: length))
        return 0
    case LWS_CALLBACK_COMPLETED_CLIENT_HTTP:
        exchange.completed()
        return exchange.place == nil ? -1 : 0
    case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
        exchange.lostConnection()
        forget(wsi, exchange)
        return 0
    default:
        return 0
    }
}

private func forget(_ wsi: OpaquePointer, _ connection: ClientConnection) {
    lws_set_opaque_user_data(wsi, nil)
    connection.release()
}

/// What libwebsockets says of a connection that is refused, or closed before it is of use.
private let nobodyAnswers = "closed before established"

/// libwebsockets' own words for what failed.
private func text(_ input: UnsafeMutableRawPointer?, _ length: Int) -> String? {
    guard let input, length > 0 else { return nil }
    let bytes = UnsafeRawBufferPointer(start: input, count: length)
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
}
