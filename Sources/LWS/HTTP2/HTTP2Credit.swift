import CLibwebsockets

/// What a peer of a server over HTTP/2 may send of bodies before it is told to go on (RFC 9113, section 5.2).
struct HTTP2Credit {
    /// Of a connection (section 6.9.2). Each stream has the same, by the settings, and so none is kept of its own.
    static let initial = 65_535

    private var left = initial

    /// Returns whether the peer had it.
    mutating func take(_ bytes: Int) -> Bool {
        left -= bytes
        return left >= 0
    }

    /// Lets the peer send as much again, on a stream and on its connection.
    mutating func give(back bytes: Int, for stream: UInt32, on network: OpaquePointer) {
        guard bytes > 0 else { return }
        left += bytes
        _ = libraryCredit(network, Int32(stream), Int32(bytes))
    }
}

/// libwebsockets' `lws_h2_update_peer_txcredit`, by which it gives credit for a body to each stream as it begins, two frames for each request.
/// Those of a server that are read by its gate have the credit that the settings say, and get more as they use it.
@_cdecl("lws_h2_update_peer_txcredit")
public func giveCredit(_ wsi: OpaquePointer?, _ stream: Int32, _ bytes: Int32) -> Int32 {
    if let gate = LoopContext.current?.gate, let wsi, let network = lws_get_network_wsi(wsi), gate.readsHTTP2(network) {
        return 0
    }
    return libraryCredit(wsi, stream, bytes)
}

private let libraryCredit = LibrarySymbol.own(
    "lws_h2_update_peer_txcredit", as: (@convention(c) (OpaquePointer?, Int32, Int32) -> Int32).self)
