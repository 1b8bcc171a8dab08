import LWS
import Testing

/// What becomes of a client's exchanges.
@Suite(.timeLimit(.minutes(2))) struct ClientExchangeTests {
    @Test(
        "An exchange whose request is rejected is released when it has failed",
        arguments: [ClientRequest.Version.h1, .h2], [false, true])
    func letsGo(of version: ClientRequest.Version, isKept: Bool) async throws {
        let sender = RequestSender()
        let loop = try EventLoop(name: "flawed") { context in sender.client = try context.connectsToServers() }
        var request = ClientRequest(host: "127.0.0.1", port: 1, path: "orders")
        request.version = version
        let cause: String = await withCheckedContinuation { continuation in
            loop.submit { [request] _ in sender.send(request, isKept: isKept, continuation) }
        }
        #expect(cause == "the path 'orders' must begin with '/' and be percent-encoded")
        // Behind the turn of the loop that told of the failure, and held the exchange meanwhile.
        let isGone: Bool = await withCheckedContinuation { continuation in
            loop.submit { _ in
                continuation.resume(returning: sender.exchange == nil)
                sender.client = nil
            }
        }
        #expect(isGone)
        await loop.end()
    }
}

/// Sends a request, and hears that it goes out or how it fails. Used on the loop's thread only.
private final class RequestSender: ClientExchangeHandler, @unchecked Sendable {
    var client: ClientLoop?
    private(set) weak var exchange: ClientExchange?
    private var continuation: CheckedContinuation<String, Never>?

    /// - Parameter isKept: whether the request goes over a connection that is kept.
    func send(_ request: ClientRequest, isKept: Bool, _ continuation: CheckedContinuation<String, Never>) {
        self.continuation = continuation
        guard let client else { return tell("there is no client") }
        do {
            let place = try isKept ? client.makeReusableConnection() : nil
            exchange = client.send(request, over: place, handler: self)
        } catch {
            tell("\(error)")
        }
    }

    func exchangeGoesOut(_ exchange: ClientExchange) { tell("it goes out") }
    func exchange(_ exchange: ClientExchange, began response: ClientResponse) {}
    func exchange(_ exchange: ClientExchange, received bytes: UnsafeRawBufferPointer) {}
    func exchange(_ exchange: ClientExchange, ended isComplete: Bool) { tell("it was answered") }
    func exchange(_ exchange: ClientExchange, failed cause: String) {
        tell(exchange === self.exchange ? cause : "another exchange failed: \(cause)")
    }

    private func tell(_ cause: String) {
        continuation?.resume(returning: cause)
        continuation = nil
    }
}
