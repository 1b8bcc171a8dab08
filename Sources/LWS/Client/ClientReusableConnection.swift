/// A connection to a server that several requests use one after the other. It is made when needed. Confined to its
/// loop's thread.
public final class ReusableConnection {
    private weak var loop: ClientLoop?
    private var kept: ClientCarrier?

    init(_ loop: ClientLoop) {
        self.loop = loop
    }

    /// Lets the open connection, or a new one, carry an exchange. Returns the connection.
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
        // All connections of a loop end with it.
        guard loop != nil else { return }
        kept?.end()
        kept = nil
    }

    deinit { disconnect() }
}
