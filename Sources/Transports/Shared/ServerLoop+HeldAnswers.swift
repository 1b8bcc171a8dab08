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
