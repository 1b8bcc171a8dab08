public import OrderUpdates

/// Hands updates to the server under test, and never waits for its answer: that would close the loop.
public protocol UpdatePublisher: Sendable {
    /// Sends updates of one order that belong together. Called on the publisher's thread, in the order of publication;
    /// it returns at once, and the updates of one order reach the server in the order of the calls.
    ///
    /// - Parameters:
    ///   - written: called on any thread with places among `updates`, right before the request that carries them is
    ///     written. What waits for an earlier request until then is the publisher's delay, not the server's.
    ///   - failed: called on any thread with the places of updates that were not accepted, before a later update of the
    ///     order is written.
    func publish(
        _ updates: [OrderUpdate], order: OrderID, firstSequence: Int, written: @escaping @Sendable (Range<Int>) -> Void,
        failed: @escaping @Sendable (Range<Int>, PublicationFailure) -> Void)

    var statistics: PublisherStatistics { get }

    /// Ends the connections.
    func shutdown() async
}

/// Counters of a publisher since its start.
public struct PublisherStatistics: Hashable, Sendable {
    /// Publications that were handed over.
    public var sent: Int64 = 0
    public var accepted: Int64 = 0
    public var refused: Int64 = 0
    /// The first that was refused.
    public var firstRefusal: Rejection?

    public init() {}

    public var unanswered: Int64 { sent - accepted - refused }

    /// - Parameter status: of the answer; nil where none came.
    public mutating func refuse(_ cause: String, status: Int? = nil) {
        refused += 1
        if firstRefusal == nil { firstRefusal = Rejection(cause: cause, status: status) }
    }

    public struct Rejection: Hashable, Sendable {
        /// What the server, or the network, said.
        public var cause: String
        /// Nil where no answer came.
        public var status: Int?
    }
}
