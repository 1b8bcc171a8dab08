import LWS

/// One connection of a publisher, and the requests that wait for it. Confined to the loop's thread.
final class PublishLane: ClientExchangeHandler {
    private let client: ClientLoop
    private var place: ReusableConnection?
    private let counters: PublisherCounters
    private var waiting: [(request: ClientRequest, written: () -> Void)] = []
    private var next = 0
    private var exchange: ClientExchange?
    private var status = 0
    /// The start of a refusal's body: what the server says of it.
    private var detail: [UInt8] = []
    private static let detailLimit = 300

    init(_ client: ClientLoop, _ place: ReusableConnection, _ counters: PublisherCounters) {
        self.client = client
        self.place = place
        self.counters = counters
    }

    /// - Parameter written: called when its turn has come.
    func send(_ request: ClientRequest, written: @escaping () -> Void) {
        waiting.append((request, written))
        if exchange == nil { sendNext() }
    }

    func close() {
        waiting.removeAll()
        exchange?.cancel()
        exchange = nil
        place = nil
    }

    private func sendNext() {
        guard next < waiting.count else {
            waiting.removeAll(keepingCapacity: true)
            next = 0
            return
        }
        let (request, written) = waiting[next]
        next += 1
        // What has been sent is let go now and then, not at once: an array's front is dear to remove.
        if next == 1_024 {
            waiting.removeFirst(next)
            next = 0
        }
        detail.removeAll(keepingCapacity: true)
        written()
        exchange = client.send(request, over: place, handler: self)
    }

    func exchange(_ exchange: ClientExchange, began response: ClientResponse) {
        status = response.status
    }

    func exchange(_ exchange: ClientExchange, received bytes: UnsafeRawBufferPointer) {
        guard !(200..<300).contains(status) else { return }
        detail.append(contentsOf: bytes.prefix(Self.detailLimit - detail.count))
    }

    func exchange(_ exchange: ClientExchange, ended isComplete: Bool) {
        if isComplete, (200..<300).contains(status) {
            counters.accepted()
        } else if isComplete {
            counters.refused("status \(status): \(String(decoding: detail, as: UTF8.self))")
        } else {
            counters.refused("the connection ended before the answer did")
        }
        self.exchange = nil
        sendNext()
    }

    func exchange(_ exchange: ClientExchange, failed cause: String) {
        counters.refused(cause)
        self.exchange = nil
        sendNext()
    }
}
