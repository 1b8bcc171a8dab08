import LWS
import OrderUpdates

/// An answer that must not be sent before readers can see what it acknowledges.
struct HeldAnswer {
    /// The sequence in the hub.
    let sequence: UInt64
    /// The stream of the answer; nil for that of a request.
    let stream: Int?
    let send: () -> Void
}

extension ServerLoop {
    /// Answers a request once everything that was published so far is committed. Without a journal that is at once.
    func whenCommitted(_ request: ServerRequest, _ respond: @escaping () -> Response) {
        guard let sequence = hub.awaitShown(loopID) else { return request.respond(respond()) }
        guard request.park() else { return }
        hold(HeldAnswer(sequence: sequence, stream: nil) { request.respond(respond()) })
    }

    /// Sends a message to a stream then, if it still exists.
    func whenCommitted(_ stream: Int, _ message: [UInt8]) {
        let send: () -> Void = { [unowned self] in self.send(message: message, to: stream) }
        guard let sequence = hub.awaitShown(loopID) else { return send() }
        hold(HeldAnswer(sequence: sequence, stream: stream, send: send))
    }

    /// Answers a request with something that another thread produces. Where the request cannot wait, it is refused,
    /// and `find` is not called.
    /// - Parameter find: called at once. It calls its argument once, on any thread, with a closure that makes the
    ///   response on this loop's thread.
    func respond(
        to request: ServerRequest,
        _ find: (_ respond: @escaping @Sendable (@escaping @Sendable (ServerRequest) -> Void) -> Void) -> Void
    ) {
        guard request.park() else { return }
        lastAwaited += 1
        awaitedAnswers[lastAwaited] = request
        counters.awaitedAnswers.count()
        let (number, origin, fleet) = (lastAwaited, loopID, fleet)
        find { respond in
            fleet.submit { loop in
                guard loop.loopID == origin, let request = loop.awaitedAnswers.removeValue(forKey: number) else {
                    return
                }
                loop.counters.awaitedAnswers.count(-1)
                respond(request)
            }
        }
    }

    private func hold(_ answer: HeldAnswer) {
        heldAnswers.append(answer)
        counters.heldAnswers.count()
    }

    /// Sends the answers that waited for what has just been delivered. They are in order of their sequences.
    func sendHeldAnswers() {
        let due = heldAnswers.prefix { $0.sequence <= collected.sequence }
        guard !due.isEmpty else { return }
        heldAnswers.removeFirst(due.count)
        counters.heldAnswers.count(-due.count)
        for answer in due { answer.send() }
    }

    /// A stream has ended, and its slot may soon be reused.
    func forgetHeldAnswers(of stream: Int) {
        guard !heldAnswers.isEmpty else { return }
        let count = heldAnswers.count
        heldAnswers.removeAll { $0.stream == stream }
        counters.heldAnswers.count(heldAnswers.count - count)
    }
}
