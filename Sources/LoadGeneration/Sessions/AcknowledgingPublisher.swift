public import OrderUpdates

/// Sends updates to the server under test one by one, and reports the position of each.
public protocol AcknowledgingPublisher: Sendable {
    /// Sends an update and returns at once. The updates of one order reach the server in the order of the calls.
    ///
    /// - Parameter answered: called once, on any thread.
    func publish(_ update: OrderUpdate, answered: @escaping @Sendable (PublicationAnswer) -> Void)

    /// Closes the connections. Publications without an answer get none.
    func shutdown() async
}

/// A server's answer to a publication.
public enum PublicationAnswer: Hashable, Sendable {
    /// 2xx. The position is nil if it was not requested, or the answer has none.
    case accepted(StreamPosition?)
    /// Another status, with the text of the answer.
    case refused(status: Int, String)
    /// No answer. It is unknown whether the update was published.
    case unknown(String)
}
