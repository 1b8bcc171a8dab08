public import OrderUpdates

/// An update that the server has acknowledged: with others it is the truth that sessions are held against.
public struct AcknowledgedUpdate: Hashable, Sendable {
    /// The number of the order in the load.
    public var order: Int
    public var position: StreamPosition
    /// When the answer came: nanoseconds of the monotonic clock.
    public var at: Int64
    /// Which server acknowledged it, from 0, where several keep timelines of their own.
    public var node: Int

    public init(order: Int, position: StreamPosition, at: Int64, node: Int = 0) {
        self.order = order
        self.position = position
        self.at = at
        self.node = node
    }
}
