import Glibc

/// Functions of libwebsockets that this program replaces (ld.so(8), symbol interposition).
enum LibrarySymbol {
    // RTLD_NEXT is a macro that Swift does not import.
    nonisolated(unsafe) private static let next = UnsafeMutableRawPointer(bitPattern: -1)

    /// The library's own function.
    static func own<Function>(_ name: String, as type: Function.Type) -> Function {
        guard let found = dlsym(next, name) else { preconditionFailure("libwebsockets is linked, so it has \(name)") }
        return unsafeBitCast(found, to: type)
    }

    /// The functions that a server depends on. One more, `lws_cancel_service_pt`, only saves work.
    private static let relied = [
        "lws_buflist_next_segment_len", "lws_h2_update_peer_txcredit",
    ]

    /// - Throws: `LWSError` where the dynamic linker finds the library's own functions instead of the program's.
    static func checkReplaced() throws {
        for name in relied {
            guard let found = dlsym(nil, name), found != dlsym(next, name) else {
                throw LWSError(name, "this program's own is not the one that is linked")
            }
        }
    }
}
