import LWS
public import OrderUpdates
import Synchronization
public import TransportCore

/// Publishes by HTTP requests over a few kept connections, and never waits for an answer. What is published after `shutdown` fails at once.
///
/// Each order uses one of the connections, which carries one request after another, so the updates of an order reach
/// the server in order. Waiting for the connection counts as latency, because latency counts from the intended time.
public final class HTTPPublisher: UpdatePublisher, AcknowledgingPublisher {
    /// Enough for about 10,000 requests a second that take a millisecond each.
    private static let connections = 16

    private let form: PublishForm
    private let loop: EventLoop
    private let lanes: Lanes
    private let counters: PublisherCounters
    /// Set before the loop ends. Nothing is submitted afterwards, because it would be dropped.
    private let hasEnded = Mutex(false)
    private static let ended = "the publisher was shut down before this was published"

    /// Confined to the loop's thread.
    private final class Lanes: @unchecked Sendable {
        // Filled before the loop's thread is shared. After that only the loop's thread uses it, and `places`.
        var lanes: [PublishLane] = []
        private var places: [OrderID: Int] = [:]

        func lane(of order: OrderID) -> PublishLane {
            if let place = places[order] { return lanes[place] }
            let place = places.count % lanes.count
            places[order] = place
            return lanes[place]
        }
    }

    /// - Parameters:
    ///   - trustedAuthorities: a PEM file; nil trusts the system's.
    ///   - proxy: carries the connections; nil connects directly to the server.
    /// - Throws: `LWSError` if the file cannot be used, or a loop cannot start.
    public init(_ form: PublishForm, trustedAuthorities: String?, proxy: ProxyAddress? = nil) throws {
        self.form = form
        let counters = PublisherCounters()
        self.counters = counters
        let lanes = Lanes()
        self.lanes = lanes
        loop = try EventLoop(name: "publisher") { context in
            let client = try context.connectsToServers(
                trustedAuthorities: trustedAuthorities,
                proxy: proxy.map { ClientProxy(host: $0.host, port: $0.port) })
            lanes.lanes = try (0..<Self.connections).map { _ in
                PublishLane(client, try client.makeReusableConnection(), counters)
            }
        }
    }

    public func publish(
        _ updates: [OrderUpdate], order: OrderID, firstSequence: Int, written: @escaping @Sendable (Range<Int>) -> Void,
        failed: @escaping @Sendable (Range<Int>, PublicationFailure) -> Void
    ) {
        let requests = form.requests(updates, order: order, firstSequence: firstSequence)
        counters.sent(Int64(requests.count))
        let isSubmitted = submit { lanes in
            let lane = lanes.lane(of: order)
            for (index, request) in requests.enumerated() {
                // One request carries all updates, or each request carries one.
                let places = requests.count == 1 ? updates.indices : index..<index + 1
                lane.send(
                    request, written: { written(places) },
                    answered: { answer in
                        if let failure = PublicationFailure(answer, updates: places.count) { failed(places, failure) }
                    })
            }
        }
        guard !isSubmitted else { return }
        for _ in requests { counters.refused(Self.ended, status: nil) }
        failed(updates.indices, .refused)
    }

    public func publish(_ update: OrderUpdate, answered: @escaping @Sendable (PublicationAnswer) -> Void) {
        let requests = form.requests([update], order: update.orderID, firstSequence: 1)
        counters.sent(Int64(requests.count))
        let isSubmitted = submit { lanes in
            for request in requests {
                lanes.lane(of: update.orderID).send(request, readsPosition: true, written: {}, answered: answered)
            }
        }
        guard !isSubmitted else { return }
        for _ in requests {
            counters.refused(Self.ended, status: nil)
            answered(.unknown(Self.ended))
        }
    }

    /// Returns false, and does nothing, after `shutdown`.
    private func submit(_ task: @escaping @Sendable (Lanes) -> Void) -> Bool {
        let lanes = lanes
        return hasEnded.withLock { hasEnded in
            if !hasEnded { loop.submit { _ in task(lanes) } }
            return !hasEnded
        }
    }

    public var statistics: PublisherStatistics { counters.statistics }

    public func shutdown() async {
        let lanes = lanes
        hasEnded.withLock { hasEnded in
            hasEnded = true
            loop.submit { _ in
                for lane in lanes.lanes { lane.close() }
                lanes.lanes = []
            }
        }
        await loop.end()
    }
}

extension PublicationFailure {
    /// Nil if the updates were accepted.
    fileprivate init?(_ answer: PublicationAnswer, updates: Int) {
        switch answer {
        case .accepted: return nil
        case .refused(let status, _):
            // A server may answer 408 after doing the work. With several updates, 409 may refuse some and accept
            // others.
            let isCertain = (400..<500).contains(status) && status != 408 && (status != 409 || updates == 1)
            self = isCertain ? .refused : .unknown
        case .unknown: self = .unknown
        }
    }
}

/// Counters that the publisher's thread and its loop increment.
final class PublisherCounters: Sendable {
    private let guarded = Mutex(PublisherStatistics())

    var statistics: PublisherStatistics { guarded.withLock { $0 } }

    func sent(_ count: Int64) { guarded.withLock { $0.sent += count } }
    func accepted() { guarded.withLock { $0.accepted += 1 } }

    func refused(_ cause: String, status: Int?) { guarded.withLock { $0.refuse(cause, status: status) } }
}
