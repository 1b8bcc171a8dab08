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
    /// 2xx; the position is nil where it was not asked for, or the answer holds none.
    case accepted(StreamPosition?)
    /// Another status, with what the server said.
    case refused(status: Int, String)
    /// No answer: whether the update was published is not known.
    case unknown(String)
}
