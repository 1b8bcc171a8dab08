public import OrderUpdates

/// Hands updates to the server under test one by one, and tells where each came to stand.
public protocol AcknowledgingPublisher: Sendable {
    /// Sends an update and returns at once. The updates of one order reach the server in the order of the calls.
    ///
    /// - Parameter answered: called once, on any thread.
    func publish(_ update: OrderUpdate, answered: @escaping @Sendable (PublicationAnswer) -> Void)

    /// Ends the connections; what has no answer by then gets none.
    func shutdown() async
}

/// What a server said to a publication.
public enum PublicationAnswer: Hashable, Sendable {
    /// 2xx, with the update's position.
    case acknowledged(StreamPosition)
    /// Another status, or none: whether the update was published is not known.
    case unknown(String)
}
