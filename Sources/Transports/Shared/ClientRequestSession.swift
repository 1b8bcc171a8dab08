import LWS
import TransportCore

/// A session that is a series of requests over one kept-alive connection.
class ClientRequestSession: ClientSession, ClientExchangeHandler {
    private static let bodyLimit = 4 * 1024 * 1024

    private var place: ReusableConnection?
    private var exchange: ClientExchange?
    private var body: [UInt8] = []
    private var status = 0
    private var entityTag: String?
    private var isReading = true
    private var answer: (() -> Void)?
    final var isOpen = false
    private var hasConnected = false

    final var isAsking: Bool { exchange != nil }

    // Overridden by subclasses.

    /// A complete answer has come: 200 with its body, 204 or 304. Other statuses end the session.
    func answered(_ status: Int, _ body: UnsafeRawBufferPointer, entityTag: String?) {}

    final func ask(_ request: ClientRequest) {
        guard !isClosed, exchange == nil else { return }
        body.removeAll(keepingCapacity: true)
        do {
            if place == nil { place = try loop.makeReusableConnection() }
        } catch {
            return closed(.failed("\(error)"))
        }
        exchange = loop.send(request, over: place, handler: self)
    }

    override func disconnect() {
        exchange?.cancel()
        exchange = nil
        place = nil
    }

    /// A poller that does not read leaves one answer unread, and sends no more requests.
    override func setReading(_ reads: Bool) {
        isReading = reads
        guard reads, let answer else { return }
        self.answer = nil
        answer()
    }

    final func exchangeGoesOut(_ exchange: ClientExchange) {
        guard !hasConnected else { return }
        hasConnected = true
        emit(.connected)
    }

    final func exchange(_ exchange: ClientExchange, began response: ClientResponse) {
        status = response.status
        guard [200, 204, 304].contains(status) else {
            return closed(.refused(status: status, retryAfter: response.retryAfter))
        }
        if let failure = response.codingFailure { return closed(failure) }
        // An event stream has no end, for which a poll would wait.
        guard response.header("content-type").map({ MediaType($0).name }) != "text/event-stream" else {
            return closed(.failed("the answer is an event stream and no state to poll: it is for the transport sse"))
        }
        entityTag = response.header("etag")
        if !isOpen {
            isOpen = true
            emit(.opened)
        }
    }

    final func exchange(_ exchange: ClientExchange, received bytes: UnsafeRawBufferPointer) {
        guard body.count + bytes.count <= Self.bodyLimit else {
            return closed(.failed("an answer of more than \(Self.bodyLimit) bytes"))
        }
        body.append(contentsOf: bytes)
    }

    final func exchange(_ exchange: ClientExchange, ended isComplete: Bool) {
        self.exchange = nil
        guard isComplete else { return closed(.ended) }
        guard isReading else {
            answer = { [unowned self] in deliver() }
            return
        }
        deliver()
    }

    private func deliver() {
        guard !isClosed else { return }
        let whole = body
        whole.withUnsafeBytes { answered(status, $0, entityTag: entityTag) }
    }

    final func exchange(_ exchange: ClientExchange, failed cause: String) {
        self.exchange = nil
        closed(.failed(cause))
    }
}
