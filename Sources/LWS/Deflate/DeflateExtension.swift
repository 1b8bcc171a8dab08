import CLibwebsockets

/// permessage-deflate for a server's WebSockets, as an extension of libwebsockets. It answers the offer, and lets
/// compressed messages pass unchanged. libwebsockets' own extension would compress an update for each connection.
enum DeflateExtension {
    /// The parameters of the offer that `RequestReader` writes. libwebsockets answers with the same.
    nonisolated(unsafe) private static let options: UnsafePointer<lws_ext_options> = {
        let names = ["server_no_context_takeover", "client_no_context_takeover", DeflateParameters.confirmedWindow]
        let table = UnsafeMutablePointer<lws_ext_options>.allocate(capacity: names.count + 1)
        for (index, name) in names.enumerated() {
            (table + index).initialize(to: lws_ext_options(name: UnsafePointer(strdup(name)), type: EXTARG_NONE))
        }
        (table + names.count).initialize(to: lws_ext_options())
        return UnsafePointer(table)
    }()

    /// For as long as a virtual host lives: for ever.
    nonisolated(unsafe) static let table: UnsafePointer<lws_extension> = {
        let table = UnsafeMutablePointer<lws_extension>.allocate(capacity: 2)
        var entry = lws_extension()
        entry.name = UnsafePointer(strdup("permessage-deflate"))
        tandem_set_extension_callback(&entry) { _, _, _, reason, _, input, _ in
            if UInt32(bitPattern: reason) == LWS_EXT_CB_CONSTRUCT.rawValue {
                input?.storeBytes(of: options, as: UnsafePointer<lws_ext_options>.self)
            }
            return 0
        }
        table.initialize(to: entry)
        (table + 1).initialize(to: lws_extension())
        return UnsafePointer(table)
    }()
}
