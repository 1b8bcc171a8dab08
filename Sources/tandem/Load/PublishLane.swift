import LWS
import LoadGeneration
import OrderUpdates

/// One connection of a publisher, and the requests that wait for it. Confined to the loop's thread.
final class PublishLane: ClientExchangeHandler {
    private let client: ClientLoop
    private var place: ReusableConnection?
    private let counters: PublisherCounters
    private struct Publication {
        var request: ClientRequest
        var written: () -> Void
        /// Nil where nobody asks for the position.
        var answered: ((PublicationAnswer) -> Void)?
        var failed: ((Int?) -> Void)?
    }

    private var waiting: [Publication] = []
    private var answered: ((PublicationAnswer) -> Void)?
    private var failed: ((Int?) -> Void)?
    private var next = 0
    private var exchange: ClientExchange?
    private var status = 0
    /// The start of the body: what the server says of a refusal, or where the update stands.
    private var detail: [UInt8] = []
    private static let detailLimit = 300

    init(_ client: ClientLoop, _ place: ReusableConnection, _ counters: PublisherCounters) {
        self.client = client
        self.place = place
        self.counters = counters
    }

    /// - Parameters:
    ///   - written: called when its turn has come.
    ///   - answered: called with what came of it, unless the lane is closed before.
    ///   - failed: called where it was not accepted, with the answer's status, or nil without an answer.
    func send(
        _ request: ClientRequest, written: @escaping () -> Void, answered: ((PublicationAnswer) -> Void)? = nil,
        failed: ((Int?) -> Void)? = nil
    ) {
        waiting.append(Publication(request: request, written: written, answered: answered, failed: failed))
        if exchange == nil { sendNext() }
    }

    func close() {
        waiting.removeAll()
        exchange?.cancel()
        exchange = nil
        answered = nil
        failed = nil
        place = nil
    }

    private func sendNext() {
        guard next < waiting.count else {
            waiting.removeAll(keepingCapacity: true)
            next = 0
            return
        }
        let publication = waiting[next]
        next += 1
        // What has been sent is let go now and then, not at once: an array's front is dear to remove.
        if next == 1_024 {
            waiting.removeFirst(next)
            next = 0
        }
        detail.removeAll(keepingCapacity: true)
        answered = publication.answered
        failed = publication.failed
        publication.written()
        exchange = client.send(publication.request, over: place, handler: self)
    }

    func exchange(_ exchange: ClientExchange, began response: ClientResponse) {
        status = response.status
    }

    func exchange(_ exchange: ClientExchange, received bytes: UnsafeRawBufferPointer) {
        guard answered != nil || !(200..<300).contains(status) else { return }
        detail.append(contentsOf: bytes.prefix(Self.detailLimit - detail.count))
    }

    func exchange(_ exchange: ClientExchange, ended isComplete: Bool) {
        let text = String(decoding: detail, as: UTF8.self)
        if isComplete, (200..<300).contains(status) {
            counters.accepted()
            conclude(Self.position(text).map { .acknowledged($0) } ?? .unknown("no position: \(text)"))
        } else if isComplete {
            refused("status \(status): \(text)", status: status)
        } else {
            refused("the connection ended before the answer did")
        }
        self.exchange = nil
        sendNext()
    }

    private func refused(_ cause: String, status: Int? = nil) {
        counters.refused(cause, status: status)
        failed?(status)
        failed = nil
        conclude(.unknown(cause))
    }

    private func conclude(_ answer: PublicationAnswer) {
        answered?(answer)
        answered = nil
    }

    /// Of `{"position":"<position>"}`.
    private static func position(_ answer: String) -> StreamPosition? {
        let parts = answer.split(separator: "\"", omittingEmptySubsequences: false)
        return parts.count == 5 && parts[1] == "position" ? StreamPosition(parts[3]) : nil
    }

    func exchange(_ exchange: ClientExchange, failed cause: String) {
        refused(cause)
        self.exchange = nil
        sendNext()
    }
}
