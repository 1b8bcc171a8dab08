import LWS

/// A request of an `HTTPRequester` that has no answer yet. Confined to the loop's thread.
final class RequestInFlight: ClientExchangeHandler {
    typealias Continuation = CheckedContinuation<HTTPRequester.Answer, any Error>

    var exchange: ClientExchange?
    private var continuation: Continuation?
    private var done: ((_ isReusable: Bool) -> Void)?
    private let bodyLimit: Int
    private var answer = HTTPRequester.Answer(status: 0, headers: [], body: [])

    init(_ continuation: Continuation, bodyLimit: Int, done: @escaping (Bool) -> Void) {
        self.continuation = continuation
        self.bodyLimit = bodyLimit
        self.done = done
    }

    /// Cuts the connection.
    func end(with error: any Error) {
        guard let continuation else { return }
        self.continuation = nil
        exchange?.cancel()
        finish(isReusable: false)
        continuation.resume(throwing: error)
    }

    private func finish(isReusable: Bool) {
        exchange = nil
        let done = done
        self.done = nil
        done?(isReusable)
    }

    func exchange(_ exchange: ClientExchange, began response: ClientResponse) {
        answer.status = response.status
        answer.headers = response.headers
    }

    func exchange(_ exchange: ClientExchange, received bytes: UnsafeRawBufferPointer) {
        guard answer.body.count + bytes.count <= bodyLimit else {
            return end(with: HTTPRequester.Failure(description: "an answer of more than \(bodyLimit) bytes"))
        }
        answer.body.append(contentsOf: bytes)
    }

    func exchange(_ exchange: ClientExchange, ended isComplete: Bool) {
        guard isComplete else {
            return end(with: HTTPRequester.Failure(description: "the connection ended within the answer"))
        }
        guard let continuation else { return }
        self.continuation = nil
        finish(isReusable: true)
        continuation.resume(returning: answer)
    }

    func exchange(_ exchange: ClientExchange, failed cause: String) {
        end(with: HTTPRequester.Failure(description: cause))
    }
}
