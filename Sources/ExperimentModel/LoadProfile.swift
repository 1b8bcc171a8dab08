/// A population of subscribers, and the updates that are published to it.
public struct LoadProfile: Codable, Hashable, Sendable {
    public var name: String
    /// Subscribers, each with one connection and one order.
    public var connections: Int
    /// Subscriber `i` watches order `i` modulo this number.
    public var orders: Int
    /// Updates published per second, over all orders; 0 for a population that only holds its connections.
    public var updatesPerSecond: Double
    /// Updates of one order that are published together; the rate counts each of them.
    public var burst: Int
    /// How many of the connections stop reading.
    public var slowReaders: Int
    /// Connections opened per second; nil for as fast as the server accepts them.
    public var connectRate: Double?

    public init(
        name: String, connections: Int, orders: Int, updatesPerSecond: Double, burst: Int = 1, slowReaders: Int = 0,
        connectRate: Double? = nil
    ) {
        self.name = name
        self.connections = connections
        self.orders = orders
        self.updatesPerSecond = updatesPerSecond
        self.burst = burst
        self.slowReaders = slowReaders
        self.connectRate = connectRate
    }
}
