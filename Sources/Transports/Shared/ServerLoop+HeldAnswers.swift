import LWS
import OrderUpdates

/// An answer that must not come before readers can see what it acknowledges.
struct HeldAnswer {
    /// Of the hub.
    let sequence: UInt64
    /// Whose answer it is; nil for that of a request.
    let stream: Int?
    let send: () -> Void
}

extension ServerLoop {
    /// Answers a request when all that was published so far is committed: at once, unless the hub waits for a journal.
    func whenCommitted(_ request: ServerRequest, _ respond: @escaping () -> Response) {
        guard let sequence = hub.awaitShown(loopID) else { return request.respond(respond()) }
        guard request.park() else { return }
        hold(HeldAnswer(sequence: sequence, stream: nil) { request.respond(respond()) })
    }

    /// Sends a message to a stream then, if it is still there.
    func whenCommitted(_ stream: Int, _ message: [UInt8]) {
        let send: () -> Void = { [unowned self] in self.send(message: message, to: stream) }
        guard let sequence = hub.awaitShown(loopID) else { return send() }
        hold(HeldAnswer(sequence: sequence, stream: stream, send: send))
    }

    /// Responds to a request with what is found on other threads. Where the request cannot wait, it is refused, and nothing is
    /// looked for.
    /// - Parameter find: called at once; calls what it is given once, on any thread, with what then responds on this loop's.
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

    /// Sends the answers that waited for what has just been delivered. They stand by rising sequence.
    func sendHeldAnswers() {
        let due = heldAnswers.prefix { $0.sequence <= collected.sequence }
        guard !due.isEmpty else { return }
        heldAnswers.removeFirst(due.count)
        counters.heldAnswers.count(-due.count)
        for answer in due { answer.send() }
    }

    /// A stream has gone; its place may soon be another's.
    func forgetHeldAnswers(of stream: Int) {
        guard !heldAnswers.isEmpty else { return }
        let count = heldAnswers.count
        heldAnswers.removeAll { $0.stream == stream }
        counters.heldAnswers.count(heldAnswers.count - count)
    }
}
