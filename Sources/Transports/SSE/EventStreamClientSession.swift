import LWS
import OrderUpdates
import TransportCore

/// A client's event stream.
final class EventStreamSession: ClientSession, ClientExchangeHandler {
    private var exchange: ClientExchange?
    private var parser = EventStreamParser()
    private var redirects = Redirects()
    private var isConnected = false
    private var isOpen = false

    override func begin() {
        withAdmission(to: path, over: .sse) { [unowned self] in open($0) }
    }

    private func open(_ request: ClientRequest) {
        var request = request
        request.headers.append(("accept", "text/event-stream"))
        if let after = subscription.after {
            request.headers.append(("last-event-id", after.description))
        }
        exchange = loop.send(request, handler: self)
    }

    private var path: String {
        if let path = subscription.path { return path }
        if subscription.orders.count == 1 { return "/orders/\(subscription.orders[0])/events" }
        return "/events?" + subscription.orders.map { "order=\($0)" }.joined(separator: "&")
    }

    override func disconnect() {
        exchange?.cancel()
        exchange = nil
    }

    override func setReading(_ reads: Bool) { exchange?.setReading(reads) }

    func exchangeGoesOut(_ exchange: ClientExchange) {
        guard !isConnected else { return }
        isConnected = true
        emit(.connected)
    }

    func exchange(_ exchange: ClientExchange, began response: ClientResponse) {
        switch redirects.step(response, to: exchange.request) {
        case .stay: break
        case .failed(let cause): return closed(.failed(cause))
        case .follow(let request):
            disconnect()
            self.exchange = loop.send(request, handler: self)
            return
        }
        guard response.status == 200 else {
            return closed(.refused(status: response.status, retryAfter: response.retryAfter))
        }
        let type = response.header("content-type") ?? ""
        guard Self.isEventStream(type) else { return closed(.notAStream(contentType: type)) }
        if let failure = response.codingFailure { return closed(failure) }
        isOpen = true
        emit(.opened)
    }

    /// A browser also refuses every other type (WHATWG HTML, section 9.2.3). Parameters do not matter.
    static func isEventStream(_ type: String) -> Bool {
        MediaType(type).name == "text/event-stream"
    }

    func exchange(_ exchange: ClientExchange, received bytes: UnsafeRawBufferPointer) {
        guard isOpen else { return }
        do {
            try parser.parse(bytes) { item in
                handle(item)
                return !isClosed
            }
        } catch {
            closed(.failed("an event of more than \(error.limit) bytes"))
        }
    }

    func exchange(_ exchange: ClientExchange, ended isComplete: Bool) { closed(.ended) }

    func exchange(_ exchange: ClientExchange, failed cause: String) {
        closed(.failed(cause))
    }

    private func handle(_ item: EventStreamParser.Item) {
        let event: EventStreamParser.Event
        switch item {
        case .event(let whole): event = whole
        case .comment: return emit(.heartbeat)
        case .retry(let milliseconds): return emit(.retry(milliseconds: milliseconds))
        }
        let position = event.id.flatMap { StreamPosition(bytes: $0) }
        switch event.type.count {
        case 12 where event.type.elementsEqual("order.update".utf8):
            emit(.update(position: position, payload: event.data))
        case 14 where event.type.elementsEqual("order.snapshot".utf8):
            emit(.snapshot(position: position, payload: event.data))
        case 13 where event.type.elementsEqual("position.lost".utf8):
            var order: OrderID?
            _ = JSONMembers.members(of: event.data) { name, value in
                if name.elementsEqual("orderId".utf8) { order = JSONMembers.string(value).flatMap { OrderID($0) } }
            }
            emit(.positionLost(order: order))
        case 9 where event.type.elementsEqual("heartbeat".utf8):
            emit(.heartbeat)
        case 5 where event.type.elementsEqual("close".utf8):
            if let reason = CloseReason(notice: event.data) { closed(.reason(reason)) }
        default:
            if subscription.path != nil { emit(.update(position: position, payload: event.data)) }
        }
    }
}
