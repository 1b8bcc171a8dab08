/// A connection that carries exchanges: a single one, or one after the other for a `ReusableConnection`.
class ClientCarrier: ClientRawConnection {
    /// Whether it ends with its first exchange.
    final let isForOne: Bool
    /// Whether it has received an answer. The server may have ended it as idle since then.
    final var isReused = false

    init(_ request: ClientRequest, isForOne: Bool, loop: ClientLoop) {
        self.isForOne = isForOne
        super.init(request, place: nil, loop: loop)
    }

    static func make(_ request: ClientRequest, isForOne: Bool, loop: ClientLoop) -> ClientCarrier {
        request.version == .h2
            ? ClientHTTP2Connection(request, isForOne: isForOne, loop: loop)
            : KeepAliveConnection(request, isForOne: isForOne, loop: loop)
    }

    // Overridden by subclasses.

    /// Whether it accepts requests.
    var isUsable: Bool { !isFinished }
    func add(_ exchange: ClientExchange) {}
    /// Removes an exchange. The exchange gets no further call.
    func cancel(_ exchange: ClientExchange) {}
    /// An exchange got no answer in time.
    func timedOut(_ exchange: ClientExchange) { cancel(exchange) }
    func setReading(_ reads: Bool, of exchange: ClientExchange) {}

    final func isTo(_ request: ClientRequest) -> Bool {
        request.host == self.request.host && request.port == self.request.port && request.tls == self.request.tls
            && request.localAddress == self.request.localAddress && request.version == self.request.version
    }

    /// Ends it, with its exchanges.
    final func end() {
        fail("the connection was ended here")
        kill()
        releaseUnlessConnected()
    }

    /// Whether a request without an answer may be sent again over a new connection (RFC 9110, section 9.2.2).
    final func mayRepeat(_ exchange: ClientExchange) -> Bool {
        !exchange.hasBegun && isReused && ["GET", "HEAD"].contains(exchange.request.method)
    }

    /// The error text for a connection that ended before it was up.
    final var endedEarly: String {
        loop.proxy == nil
            ? "the connection ended before it was up"
            : "the proxy ended the connection before it opened a way to \(request.authority)"
    }
}
