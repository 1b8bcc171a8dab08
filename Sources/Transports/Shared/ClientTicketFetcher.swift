import LWS
import TransportCore

/// Fetches a session's tickets, one at a time, over a kept-alive connection. A failure ends the session.
final class ClientTicketFetcher: ClientExchangeHandler {
    private unowned let session: ClientSession
    private var place: ReusableConnection?
    private var current: (exchange: ClientExchange, done: (String) -> Void)?
    private var status = 0
    private var body: [UInt8] = []

    var isFetching: Bool { current != nil }

    init(_ session: ClientSession) {
        self.session = session
    }

    func fetch(for transport: TransportName, _ done: @escaping (String) -> Void) {
        guard current == nil, var request = session.request("/tickets", isUnsafe: true) else { return }
        let orders = session.subscription.orders.map { "\"\($0)\"" }.joined(separator: ",")
        request.method = "POST"
        request.headers.append(("content-type", "application/json"))
        request.body = Array("{\"transport\":\"\(transport)\",\"orders\":[\(orders)]}".utf8)
        (status, body) = (0, [])
        do {
            if place == nil { place = try session.loop.makeReusableConnection() }
        } catch {
            return session.closed(.failed("\(error)"))
        }
        current = (session.loop.send(request, over: place, handler: self), done)
    }

    func disconnect() {
        current?.exchange.cancel()
        current = nil
        place = nil
    }

    func exchange(_ exchange: ClientExchange, began response: ClientResponse) {
        status = response.status
        if status != 201 { session.closed(.refused(status: status, retryAfter: response.retryAfter)) }
    }

    func exchange(_ exchange: ClientExchange, received bytes: UnsafeRawBufferPointer) {
        if body.count + bytes.count <= 64 * 1024 { body += bytes }
    }

    func exchange(_ exchange: ClientExchange, ended isComplete: Bool) {
        guard let done = current?.done else { return }
        current = nil
        var ticket: String?
        _ = body.withUnsafeBytes { body in
            JSONMembers.members(of: body) { name, value in
                if name.elementsEqual("ticket".utf8) { ticket = JSONMembers.string(value) }
            }
        }
        guard let ticket else { return session.closed(.failed("the server's answer holds no ticket")) }
        done(ticket)
    }

    func exchange(_ exchange: ClientExchange, failed cause: String) {
        guard current != nil else { return }
        current = nil
        session.closed(.failed(cause))
    }
}
