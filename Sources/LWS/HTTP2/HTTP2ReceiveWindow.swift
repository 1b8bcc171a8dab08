import CLibwebsockets

/// A receive window for bodies (RFC 9113, section 5.2) of a connection or a stream: how much the peer may send before
/// it gets a WINDOW_UPDATE.
struct HTTP2ReceiveWindow {
    /// The initial size in bytes, which the settings do not change for the connection (section 6.9.2).
    static let initial = 65_535

    private var left = initial
    /// Bytes that were used, and for which the window has not been opened again.
    private(set) var owed = 0

    /// Whether a WINDOW_UPDATE is due. It is not sent for each frame.
    var isDue: Bool { owed >= Self.initial / 2 }

    /// Returns whether the window had room.
    mutating func take(_ bytes: Int) -> Bool {
        left -= bytes
        return left >= 0
    }

    mutating func use(_ bytes: Int) { owed += bytes }

    /// A WINDOW_UPDATE has been sent.
    mutating func open() {
        left += owed
        owed = 0
    }
}

/// Replaces libwebsockets' `lws_h2_update_peer_txcredit`, with which it opens the windows of each new stream in two
/// frames. The connections that a server's gate reads have the windows of the settings, and open them as they are
/// used.
@_cdecl("lws_h2_update_peer_txcredit")
public func openWindow(_ wsi: OpaquePointer?, _ stream: Int32, _ bytes: Int32) -> Int32 {
    if let gate = LoopContext.current?.gate, let wsi, let network = lws_get_network_wsi(wsi), gate.readsHTTP2(network) {
        return 0
    }
    return libraryOpenWindow(wsi, stream, bytes)
}

private let libraryOpenWindow = LibrarySymbol.own(
    "lws_h2_update_peer_txcredit", as: (@convention(c) (OpaquePointer?, Int32, Int32) -> Int32).self)
