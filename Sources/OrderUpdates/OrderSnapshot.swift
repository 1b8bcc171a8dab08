/// The state of an order at one moment: what a reader gets that starts, or whose position is lost.
public struct OrderSnapshot: Sendable {
    public let id: OrderID
    /// Who may see the order.
    public let owner: Subject
    public let status: OrderStatus
    /// The position of the latest event, from which a reader continues.
    public let position: StreamPosition
    /// The sequence of the latest event.
    public let sequence: UInt64
    /// The latest update, encoded.
    public let json: [UInt8]
}
