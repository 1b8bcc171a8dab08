public import OrderUpdates

/// Sends updates to the server under test, and never waits for its answer, which would make a closed loop.
public protocol UpdatePublisher: Sendable {
    /// Sends updates of one order that belong together. It is called on the publisher's thread, in the order of
    /// publication, and returns at once. The updates of one order reach the server in the order of the calls.
    ///
    /// - Parameters:
    ///   - written: called on any thread with indices of `updates`, right before the request that carries them is
    ///     written. The time that updates wait for an earlier request is the publisher's delay, not the server's.
    ///   - failed: called on any thread with the indices of updates that were not accepted, before a later update of
    ///     the order is written.
    func publish(
        _ updates: [OrderUpdate], order: OrderID, firstSequence: Int, written: @escaping @Sendable (Range<Int>) -> Void,
        failed: @escaping @Sendable (Range<Int>, PublicationFailure) -> Void)

    var statistics: PublisherStatistics { get }

    /// Closes the connections.
    func shutdown() async
}

/// Counters of a publisher since its start.
public struct PublisherStatistics: Hashable, Sendable {
    /// Publications that were passed to the publisher.
    public var sent: Int64 = 0
    public var accepted: Int64 = 0
    public var refused: Int64 = 0
    /// The first publication that was refused.
    public var firstRefusal: Rejection?

    public init() {}

    public var unanswered: Int64 { sent - accepted - refused }

    /// - Parameter status: the status of the answer; nil if there was none.
    public mutating func refuse(_ cause: String, status: Int? = nil) {
        refused += 1
        if firstRefusal == nil { firstRefusal = Rejection(cause: cause, status: status) }
    }

    public struct Rejection: Hashable, Sendable {
        /// The cause that the server or the network gave.
        public var cause: String
        /// Nil if there was no answer.
        public var status: Int?
    }
}
