import CLibwebsockets

/// What a peer of a server over HTTP/2 may send of bodies before it is told to go on (RFC 9113, section 5.2): of a connection, or a stream.
struct HTTP2ReceiveWindow {
    /// In bytes, by the settings and for a connection by itself (section 6.9.2).
    static let initial = 65_535

    private var left = initial
    /// Bytes that were used, and for which the window has not been opened again.
    private(set) var owed = 0

    /// Whether it is to be opened: not for each frame.
    var isDue: Bool { owed >= Self.initial / 2 }

    /// Returns whether there was room.
    mutating func take(_ bytes: Int) -> Bool {
        left -= bytes
        return left >= 0
    }

    mutating func use(_ bytes: Int) { owed += bytes }

    /// The peer has been told.
    mutating func open() {
        left += owed
        owed = 0
    }
}

/// libwebsockets' `lws_h2_update_peer_txcredit`, by which it opens the windows for each stream as it begins, in two frames. Those of a server
/// that are read by its gate have the windows that the settings say, and are opened as they are used.
@_cdecl("lws_h2_update_peer_txcredit")
public func openWindow(_ wsi: OpaquePointer?, _ stream: Int32, _ bytes: Int32) -> Int32 {
    if let gate = LoopContext.current?.gate, let wsi, let network = lws_get_network_wsi(wsi), gate.readsHTTP2(network) {
        return 0
    }
    return libraryOpenWindow(wsi, stream, bytes)
}

private let libraryOpenWindow = LibrarySymbol.own(
    "lws_h2_update_peer_txcredit", as: (@convention(c) (OpaquePointer?, Int32, Int32) -> Int32).self)
