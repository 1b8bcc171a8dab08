import CLibwebsockets

/// libwebsockets' callback for client connections. The user pointer is the connection.
///
/// It is called on the loop's thread, which confines everything below it. The reasons keep their C names.
func clientCallback(
    _ wsi: OpaquePointer?, _ reason: Int32, _ user: UnsafeMutableRawPointer?, _ input: UnsafeMutableRawPointer?,
    _ length: Int
) -> Int32 {
    let reason = lws_callback_reasons(rawValue: UInt32(bitPattern: reason))
    guard let wsi, let word = lws_get_opaque_user_data(wsi) else { return 0 }
    // Retained until `forget`.
    let connection = Unmanaged<ClientConnection>.fromOpaque(word).takeUnretainedValue()
    switch reason {
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        let cause = text(input, length)
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
    case LWS_CALLBACK_RAW_CONNECTED:
        (connection as? ClientRawConnection)?.connected(wsi)
    case LWS_CALLBACK_RAW_CLOSE:
        connection.lostConnection()
        forget(wsi, connection)
    default: break
    }
    return 0
}

private func forget(_ wsi: OpaquePointer, _ connection: ClientConnection) {
    lws_set_opaque_user_data(wsi, nil)
    connection.release()
}

/// libwebsockets' text for a connection that was refused, or closed before it could be used.
private let nobodyAnswers = "closed before established"

/// libwebsockets' text for what failed.
private func text(_ input: UnsafeMutableRawPointer?, _ length: Int) -> String? {
    guard let input, length > 0 else { return nil }
    let bytes = UnsafeRawBufferPointer(start: input, count: length)
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
}
