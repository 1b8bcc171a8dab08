/// What the connections of one subject cost the machine, under one set of factors other than the load.
public struct Footprint: Sendable {
    public var subject: Subject
    /// For example `plain` or `TLS`.
    public var factors: String
    /// The numbers of connections that were held, ascending.
    public var populations: [Int]
    public var trials: Int
    /// Bytes of server memory per connection.
    public var user: Estimate?
    /// Bytes of socket memory per connection. On loopback both ends count.
    public var kernel: Estimate?
    /// Bytes of load generator memory per connection.
    public var load: Estimate?
    /// The descriptors at the largest population.
    public var descriptors: Descriptors
    /// Bytes by which the server's memory exceeded its initial size after the last connection of the largest population
    /// was closed.
    public var notReturned: Estimate?

    /// The median over trials of the server's open descriptors; nil if they were not recorded.
    public struct Descriptors: Sendable, Hashable {
        public var before: Int?
        public var held: Int?
        public var after: Int?
    }

    /// Whether the bytes per connection are slopes through several populations. Otherwise each is a quotient, which
    /// contains a part of what the process needs without connections.
    public var isSlope: Bool { populations.count > 1 }
}
