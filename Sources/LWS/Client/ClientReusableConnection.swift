/// A place for one connection to a server that is kept from one request to the next. Confined to its loop's thread.
public final class ReusableConnection {
    private weak var loop: ClientLoop?
    private var kept: ClientCarrier?

    init(_ loop: ClientLoop) {
        self.loop = loop
    }

    /// Has the connection carry an exchange: the one that there is, or a new one. Returns it.
    func carry(_ exchange: ClientExchange, _ loop: ClientLoop) -> ClientCarrier {
        if let kept, kept.isUsable, kept.isTo(exchange.request) {
            kept.add(exchange)
            return kept
        }
        kept?.end()
        let made = ClientCarrier.make(exchange.request, isForOne: false, loop: loop)
        kept = made
        made.add(exchange)
        loop.attempt(made)
        return made
    }

    /// Ends the connection. The next request makes a new one.
    public func disconnect() {
        // With its loop every connection has ended.
        guard loop != nil else { return }
        kept?.end()
        kept = nil
    }

    deinit { disconnect() }
}
