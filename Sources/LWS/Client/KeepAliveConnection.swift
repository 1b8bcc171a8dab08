/// An HTTP/1.1 connection that carries exchanges one after the other.
final class KeepAliveConnection: ClientCarrier {
    private var reader = ClientResponseReader()
    private var waiting: [ClientExchange] = []
    private var current: ClientExchange?
    private var isConnected = false
    /// The reader is running, and must not be used by code that it calls.
    private var isDecoding = false
    private var closesAfterResponse = false

    override var isUsable: Bool { !isFinished && !closesAfterResponse }

    override func add(_ exchange: ClientExchange) {
        waiting.append(exchange)
        sendNext()
    }

    /// Cancelling the current exchange ends the connection.
    override func cancel(_ exchange: ClientExchange) {
        waiting.removeAll { $0 === exchange }
        guard current === exchange || isForOne else { return }
        current = nil
        isFinished = true
        kill()
        releaseUnlessConnected()
        restartWaiting()
    }

    override func setReading(_ reads: Bool, of exchange: ClientExchange) { setReading(reads) }

    override func isUp() {
        headerHasArrived()
        isConnected = true
        sendNext()
    }

    private func sendNext() {
        guard isConnected, !isDecoding, current == nil, !isFinished, !waiting.isEmpty else { return }
        let exchange = waiting.removeFirst()
        current = exchange
        exchange.goesOut()
        // The owner may have cancelled the exchange.
        guard current === exchange else { return }
        reader.answersHead = exchange.request.method == "HEAD"
        transmit(exchange.request.head + exchange.request.body)
    }

    override func received(_ bytes: UnsafeRawBufferPointer) {
        guard !isFinished else { return }
        guard current != nil else {
            // A response without a request, as some servers send before they close an idle connection.
            isFinished = true
            return kill()
        }
        isDecoding = true
        defer { isDecoding = false }
        do {
            try reader.read(bytes) { item in
                guard let exchange = current else { return false }
                switch item {
                case .head(let head):
                    closesAfterResponse = head.closes || isForOne
                    exchange.begin(ClientResponse(head))
                case .body(let piece): exchange.deliver(piece)
                case .end:
                    current = nil
                    isReused = true
                    exchange.finish(isComplete: true)
                }
                return !isFinished
            }
        } catch {
            fail(error.text)
            kill()
        }
        isDecoding = false
        guard !isFinished, current == nil else { return }
        // After such a response, no further one belongs to a request either (RFC 9112, section 9.2).
        if closesAfterResponse || !reader.isBetweenResponses {
            isFinished = true
            kill()
            restartWaiting()
        } else {
            sendNext()
        }
    }

    override func peerEnded(isClean: Bool) {
        let exchange = current
        guard !isFinished else { return }
        guard isConnected else { return fail(endedEarly) }
        isFinished = true
        current = nil
        if let exchange, mayRepeat(exchange) {
            // The server closed an idle connection while the request was on its way.
            waiting.insert(exchange, at: 0)
            return restartWaiting()
        }
        exchange?.connectionEnded(completes: reader.endsWithConnection && isClean)
        restartWaiting()
    }

    override func lostConnection() { peerEnded(isClean: !request.tls) }

    override func fail(_ cause: String) {
        guard !isFinished else { return }
        isFinished = true
        let exchanges = [current].compactMap { $0 } + waiting
        (current, waiting) = (nil, [])
        for exchange in exchanges { exchange.fail(cause) }
    }

    /// Sends the waiting requests over a new connection.
    private func restartWaiting() {
        let left = waiting
        waiting = []
        for exchange in left where !exchange.isFinished { exchange.carry() }
    }
}
