import CLibwebsockets

/// OpenSSL's share of libwebsockets that belongs to the process, not to a context.
///
/// `LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT` makes libwebsockets 4.1 draw new indices for its data in OpenSSL's objects, and
/// keep them in global variables. A context that another thread creates during a handshake would so cut the handshake's
/// connection off from its data, and a client's verification would fail. One context of the process draws the indices, and
/// ends at once; all others leave the option out, and only their virtual hosts, which look at it too, have it.
enum ProcessTLS {
    static func prepare() { once }

    private static let once: Void = {
        var info = lws_context_creation_info()
        info.port = CONTEXT_PORT_NO_LISTEN
        info.options = UInt64(LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT) | UInt64(LWS_SERVER_OPTION_EXPLICIT_VHOSTS)
        info.gid = -1
        info.uid = -1
        // Where no context can be made, the first real one says why.
        if let context = lws_create_context(&info) { lws_context_destroy(context) }
    }()
}
