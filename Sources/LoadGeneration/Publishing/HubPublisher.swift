public import OrderUpdates
import Synchronization

/// Publishes to a hub in this process. With the in-process transport, this measures the cost of the load generator
/// itself.
public final class HubPublisher: UpdatePublisher {
    private let hub: OrderEventHub
    private let counters = Mutex(PublisherStatistics())

    public init(hub: OrderEventHub) { self.hub = hub }

    public func publish(
        _ updates: [OrderUpdate], order: OrderID, firstSequence: Int, written: @escaping @Sendable (Range<Int>) -> Void,
        failed: @escaping @Sendable (Range<Int>, PublicationFailure) -> Void
    ) {
        written(updates.indices)
        let results = hub.publish(updates)
        for (place, result) in results.enumerated() {
            if case .failure = result { failed(place..<place + 1, .refused) }
        }
        counters.withLock { counters in
            counters.sent += 1
            for result in results {
                if case .failure(let error) = result {
                    counters.refuse(String(describing: error))
                    return
                }
            }
            counters.accepted += 1
        }
    }

    public var statistics: PublisherStatistics { counters.withLock { $0 } }

    public func shutdown() async {}
}
