import CLibwebsockets

/// What libwebsockets closes while it goes through the connections and streams whose bytes it keeps. That of 4.1 remembers the next of them
/// over what it does with one, and what it does may free the next: a connection of HTTP/2 that ends takes its streams with it. So while
/// it goes through them nothing ends; what was to end does so behind that.
final class KeptInputService {
    private struct Close {
        var connection: OpaquePointer
        var status: UInt32
        var caller: UnsafePointer<CChar>?
    }

    private var isUnderWay = false
    private var due: [Close] = []

    func run(_ thread: OpaquePointer?) {
        guard !isUnderWay else { return libraryService(thread) }
        isUnderWay = true
        libraryService(thread)
        isUnderWay = false
        while let close = due.popLast() { libraryClose(close.connection, close.status, close.caller) }
    }

    /// Returns whether a connection, or a stream, ends later.
    func postpones(_ connection: OpaquePointer, _ status: UInt32, _ caller: UnsafePointer<CChar>?) -> Bool {
        guard isUnderWay else { return false }
        if !due.contains(where: { $0.connection == connection }) {
            due.append(Close(connection: connection, status: status, caller: caller))
        }
        return true
    }

    /// libwebsockets frees an object.
    func destroyed(_ connection: OpaquePointer) { due.removeAll { $0.connection == connection } }
}

/// libwebsockets' `lws_service_do_ripe_rxflow`, which each turn of its loop calls.
@_cdecl("lws_service_do_ripe_rxflow")
public func serviceKeptInput(_ thread: OpaquePointer?) {
    guard let loop = LoopContext.current else { return libraryService(thread) }
    loop.keptInputService.run(thread)
}

/// libwebsockets' `lws_close_free_wsi`, by which it ends a connection, or a stream.
@_cdecl("lws_close_free_wsi")
public func closeConnection(
    _ connection: OpaquePointer?, _ status: UInt32, _ caller: UnsafePointer<CChar>?
) {
    if let connection, let loop = LoopContext.current, loop.keptInputService.postpones(connection, status, caller) {
        return
    }
    libraryClose(connection, status, caller)
}

private let libraryService = LibrarySymbol.own(
    "lws_service_do_ripe_rxflow", as: (@convention(c) (OpaquePointer?) -> Void).self)

private let libraryClose = LibrarySymbol.own(
    "lws_close_free_wsi",
    as: (@convention(c) (OpaquePointer?, UInt32, UnsafePointer<CChar>?) -> Void).self)
