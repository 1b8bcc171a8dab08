public import OrderUpdates

/// An update that the server has acknowledged. What sessions receive is compared with all of these.
public struct AcknowledgedUpdate: Hashable, Sendable {
    /// The number of the order in the load.
    public var order: Int
    public var position: StreamPosition
    /// When the answer arrived, in nanoseconds of the monotonic clock.
    public var at: Int64
    /// The server that acknowledged it, from 0, if several have timelines of their own.
    public var node: Int

    public init(order: Int, position: StreamPosition, at: Int64, node: Int = 0) {
        self.order = order
        self.position = position
        self.at = at
        self.node = node
    }
}
