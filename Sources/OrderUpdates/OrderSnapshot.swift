/// The state of an order at one instant: what a reader gets who starts, or whose position is lost.
public struct OrderSnapshot: Sendable {
    public let id: OrderID
    /// Who may see the order.
    public let owner: Subject
    public let status: OrderStatus
    /// Where to read on from: the position of the latest event.
    public let position: StreamPosition
    /// The place of the latest event among all events of the hub.
    public let sequence: UInt64
    /// The latest update, encoded.
    public let json: [UInt8]
}
