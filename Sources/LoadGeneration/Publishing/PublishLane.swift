import LWS
import OrderUpdates

/// One connection of a publisher, and the requests that wait for it. Confined to the loop's thread.
final class PublishLane: ClientExchangeHandler {
    private let client: ClientLoop
    private var place: ReusableConnection?
    private let counters: PublisherCounters
    private struct Publication {
        var request: ClientRequest
        var written: () -> Void
        var readsPosition: Bool
        var answered: (PublicationAnswer) -> Void
    }

    private var waiting: [Publication] = []
    /// The publication whose answer is awaited.
    private var current: Publication?
    private var next = 0
    private var exchange: ClientExchange?
    private var status = 0
    /// The beginning of the body, which has the cause of a refusal, or the position of the update.
    private var detail: [UInt8] = []
    private static let detailLimit = 300

    init(_ client: ClientLoop, _ place: ReusableConnection, _ counters: PublisherCounters) {
        self.client = client
        self.place = place
        self.counters = counters
    }

    /// - Parameters:
    ///   - written: called right before the request is written.
    ///   - readsPosition: whether to read the update's position from the answer.
    ///   - answered: called with the answer, unless the lane is closed before.
    func send(
        _ request: ClientRequest, readsPosition: Bool = false, written: @escaping () -> Void,
        answered: @escaping (PublicationAnswer) -> Void
    ) {
        waiting.append(
            Publication(request: request, written: written, readsPosition: readsPosition, answered: answered))
        if exchange == nil { sendNext() }
    }

    func close() {
        waiting.removeAll()
        exchange?.cancel()
        exchange = nil
        current = nil
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
        // Sent publications are removed in batches, because removing the first element of an array is expensive.
        if next == 1_024 {
            waiting.removeFirst(next)
            next = 0
        }
        detail.removeAll(keepingCapacity: true)
        current = publication
        publication.written()
        exchange = client.send(publication.request, over: place, handler: self)
    }

    func exchange(_ exchange: ClientExchange, began response: ClientResponse) {
        status = response.status
    }

    func exchange(_ exchange: ClientExchange, received bytes: UnsafeRawBufferPointer) {
        guard readsPosition || !isAccepted else { return }
        detail.append(contentsOf: bytes.prefix(Self.detailLimit - detail.count))
    }

    func exchange(_ exchange: ClientExchange, ended isComplete: Bool) {
        let text = String(decoding: detail, as: UTF8.self)
        if !isComplete {
            conclude(.unknown("the connection ended before the answer did"))
        } else if isAccepted {
            conclude(.accepted(readsPosition ? Self.position(text) : nil))
        } else {
            // An HTML page has many lines.
            let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            conclude(.refused(status: status, "status \(status): \(line)"))
        }
    }

    func exchange(_ exchange: ClientExchange, failed cause: String) { conclude(.unknown(cause)) }

    private var readsPosition: Bool { current?.readsPosition == true }
    private var isAccepted: Bool { (200..<300).contains(status) }

    private func conclude(_ answer: PublicationAnswer) {
        switch answer {
        case .accepted: counters.accepted()
        case .refused(let status, let cause): counters.refused(cause, status: status)
        case .unknown(let cause): counters.refused(cause, status: nil)
        }
        let answered = current?.answered
        current = nil
        answered?(answer)
        exchange = nil
        sendNext()
    }

    /// Reads the position in `{"position":"<position>"}`; nil if the answer has another form.
    private static func position(_ answer: String) -> StreamPosition? {
        let parts = answer.split(separator: "\"", omittingEmptySubsequences: false)
        return parts.count == 5 && parts[1] == "position" ? StreamPosition(parts[3]) : nil
    }
}
