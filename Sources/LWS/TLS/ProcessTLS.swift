import CLibwebsockets

/// The part of libwebsockets' use of OpenSSL that belongs to the process, and not to a context.
///
/// With `LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT`, libwebsockets 4.1 allocates new indices for its data in OpenSSL's
/// objects, and stores them in global variables. A context that another thread creates during a handshake would
/// disconnect the handshake's connection from its data, and a client's verification would fail. So one context of the
/// process allocates the indices and ends at once. All others omit the option; only their virtual hosts, which check
/// it too, have it.
enum ProcessTLS {
    static func prepare() { once }

    private static let once: Void = {
        var info = lws_context_creation_info()
        info.port = CONTEXT_PORT_NO_LISTEN
        info.options = UInt64(LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT) | UInt64(LWS_SERVER_OPTION_EXPLICIT_VHOSTS)
        info.gid = -1
        info.uid = -1
        // Where no context can be made, the first real one reports why.
        if let context = lws_create_context(&info) { lws_context_destroy(context) }
    }()
}
