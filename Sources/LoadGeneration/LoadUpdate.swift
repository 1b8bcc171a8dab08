import OrderUpdates

/// The update that every load publishes. Its text is the same over every transport and over the floor.
enum LoadUpdate {
    /// - Parameters:
    ///   - sequence: the number of the update in its order, from 1.
    ///   - timestamp: the intended time of publication, nanoseconds since 1970.
    static func make(_ order: OrderID, sequence: Int, timestamp: Int64) -> OrderUpdate {
        OrderUpdate(
            orderID: order, status: .activating, stage: "provisioning", message: "step \(sequence)", source: "bench",
            timestamp: timestamp)
    }
}
