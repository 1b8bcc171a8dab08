import CLibwebsockets

/// A place for one connection to a server that is kept from one request to the next. Confined to its loop's thread.
///
/// Over HTTP/2 it is a virtual host of libwebsockets: there, requests for one server share the first connection that is
/// found in the host's list. A host each gives every client a connection of its own, as in life.
public final class ReusableConnection {
    private weak var loop: ClientLoop?
    private var host: OpaquePointer?
    private var kept: ClientKeptConnection?
    /// The exchange that used an HTTP/2 connection last, and so knows it.
    weak var latest: ClientExchange?

    init(_ loop: ClientLoop) {
        self.loop = loop
    }

    /// The virtual host of HTTP/2.
    func vhost(_ loop: ClientLoop) throws -> OpaquePointer {
        let taken = try host ?? loop.takeVhost()
        host = taken
        return taken
    }

    /// Has the HTTP/1.1 connection carry an exchange: the one that there is, or a new one. Returns it.
    func carry(_ exchange: ClientExchange, _ loop: ClientLoop) -> ClientKeptConnection {
        if let kept, kept.isUsable, kept.isTo(exchange.request) {
            kept.add(exchange)
            return kept
        }
        kept?.end()
        let made = ClientKeptConnection(exchange.request, isForOne: false, loop: loop)
        kept = made
        made.add(exchange)
        loop.attempt(made)
        return made
    }

    /// Ends the connection. The next request makes a new one.
    public func disconnect() {
        // With its loop every connection has ended.
        guard loop != nil else { return }
        latest?.cancel()
        latest = nil
        kept?.end()
        kept = nil
        // The next request must not find the connection that ends here.
        if let host { loop?.recycle(host) }
        host = nil
    }

    deinit { disconnect() }
}
