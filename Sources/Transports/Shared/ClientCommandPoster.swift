import LWS
import TransportCore

/// Sends the commands of a session whose transport is one-way, as POST requests over a connection of their own, in
/// order.
final class ClientCommandPoster: ClientExchangeHandler {
    private unowned let session: ClientSession
    private var place: ReusableConnection?
    private var waiting: [ClientCommand] = []
    private var current: (exchange: ClientExchange, command: ClientCommand)?
    private var status = 0
    private var body: [UInt8] = []

    init(_ session: ClientSession) {
        self.session = session
    }

    func post(_ command: ClientCommand) {
        guard !session.isClosed else { return }
        waiting.append(command)
        sendNext()
    }

    func disconnect() {
        waiting = []
        current?.exchange.cancel()
        current = nil
        place = nil
    }

    private func sendNext() {
        guard current == nil, !waiting.isEmpty else { return }
        let command = waiting.removeFirst()
        guard var request = session.request("/orders/\(command.order)/commands", isUnsafe: true) else { return }
        request.method = "POST"
        request.headers.append(("content-type", "application/json"))
        request.body = Array("{\"id\":".utf8)
        request.body.appendJSONString(command.id)
        request.body += ",\"command\":".utf8
        request.body.appendJSONString(command.name)
        request.body.append(UInt8(ascii: "}"))
        status = 0
        body = []
        do {
            if place == nil { place = try session.loop.makeReusableConnection() }
        } catch {
            return answer(command, false, "\(error)")
        }
        current = (session.loop.send(request, over: place, handler: self), command)
    }

    private func answer(_ command: ClientCommand, _ accepted: Bool, _ message: String) {
        session.emit(.commandResult(id: command.id, accepted: accepted, message: message))
    }

    func exchange(_ exchange: ClientExchange, began response: ClientResponse) { status = response.status }

    func exchange(_ exchange: ClientExchange, received bytes: UnsafeRawBufferPointer) {
        if body.count + bytes.count <= 64 * 1024 { body += bytes }
    }

    func exchange(_ exchange: ClientExchange, ended isComplete: Bool) {
        guard let command = current?.command else { return }
        current = nil
        var message = ""
        _ = body.withUnsafeBytes { body in
            // Our own answers have `message`, problem details (RFC 9457) have `detail`.
            JSONMembers.members(of: body) { name, value in
                if name.elementsEqual("message".utf8) || name.elementsEqual("detail".utf8) {
                    message = JSONMembers.string(value) ?? message
                }
            }
        }
        answer(command, (200...299).contains(status) && isComplete, message.isEmpty ? "status \(status)" : message)
        sendNext()
    }

    func exchange(_ exchange: ClientExchange, failed cause: String) {
        guard let command = current?.command else { return }
        current = nil
        answer(command, false, cause)
        sendNext()
    }
}
