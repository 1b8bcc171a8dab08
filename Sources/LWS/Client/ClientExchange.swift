/// Receives the events of an exchange on the loop's thread: `began` at most once, then bytes, then one of the two
/// last calls.
public protocol ClientExchangeHandler: AnyObject {
    /// TCP and TLS are up, and the request is sent. Called again for a request that is repeated over a new
    /// connection.
    func exchangeGoesOut(_ exchange: ClientExchange)
    /// The header of the response has come.
    func exchange(_ exchange: ClientExchange, began response: ClientResponse)
    /// A piece of the body, valid during the call only.
    func exchange(_ exchange: ClientExchange, received bytes: UnsafeRawBufferPointer)
    /// The last call. `isComplete` is false where the connection ended before the response did.
    func exchange(_ exchange: ClientExchange, ended isComplete: Bool)
    /// The last call. The connection could not be made, or broke.
    func exchange(_ exchange: ClientExchange, failed cause: String)
}

extension ClientExchangeHandler {
    public func exchangeGoesOut(_ exchange: ClientExchange) {}
}

/// An HTTP request and its response, from the client's side.
public final class ClientExchange: ClientConnection {
    weak var handler: (any ClientExchangeHandler)?
    private(set) var hasBegun = false
    /// The connection that carries the exchange, or in whose queue it waits.
    private var carrier: ClientCarrier?
    /// Whether its owner has paused the reading of the body.
    private(set) var isPaused = false
    /// Its stream over HTTP/2; 0 before it has one.
    var stream: Int32 = 0

    init(
        _ request: ClientRequest, place: ReusableConnection?, loop: ClientLoop, handler: any ClientExchangeHandler
    ) {
        self.handler = handler
        super.init(request, place: place, loop: loop)
    }

    /// Ends the exchange without a further call to its handler. Over HTTP/1.1 this cuts the connection.
    public func cancel() {
        isFinished = true
        carrier?.cancel(self)
        carrier = nil
        release()
    }

    /// Gives the exchange to a connection: the reusable one, or one of its own.
    func carry() {
        guard !isFinished else { return release() }
        stream = 0
        if let place {
            carrier = place.carry(self, loop)
        } else {
            let connection = ClientCarrier.make(request, isForOne: true, loop: loop)
            carrier = connection
            connection.add(self)
            loop.attempt(connection)
        }
    }

    /// Sets whether the body is read. Over HTTP/2 the server may still send what the windows allow: at most 256 KiB.
    public override func setReading(_ reads: Bool) {
        isPaused = !reads
        carrier?.setReading(reads, of: self)
    }

    // MARK: What the connection tells

    func goesOut() {
        if !isFinished { handler?.exchangeGoesOut(self) }
    }

    /// The header of the response has come.
    func begin(_ response: ClientResponse) {
        headerHasArrived()
        guard !isFinished else { return }
        hasBegun = true
        handler?.exchange(self, began: response)
    }

    func deliver(_ bytes: UnsafeRawBufferPointer) {
        guard !isFinished, !bytes.isEmpty else { return }
        handler?.exchange(self, received: bytes)
    }

    func finish(isComplete: Bool) {
        guard !isFinished else { return }
        isFinished = true
        handler?.exchange(self, ended: isComplete)
        carrier = nil
        release()
    }

    func connectionEnded(completes: Bool) {
        if hasBegun { finish(isComplete: completes) } else { fail("the connection ended before an answer") }
    }

    override func deadlineHasPassed(_ cause: String) {
        let carrier = carrier
        fail(cause)
        carrier?.timedOut(self)
    }

    override func fail(_ cause: String) {
        guard !isFinished else { return }
        isFinished = true
        handler?.exchange(self, failed: cause)
        carrier = nil
        release()
    }
}
