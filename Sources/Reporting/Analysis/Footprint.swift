/// What the connections of one subject take of the machine, under one set of factors other than the load.
public struct Footprint: Sendable {
    public var subject: Subject
    /// `plain`, `TLS`.
    public var factors: String
    /// The sizes of the populations that were held, ascending.
    public var populations: [Int]
    public var trials: Int
    /// Bytes per connection of the server.
    public var user: Estimate?
    /// Bytes per connection of socket memory; on loopback both ends of each.
    public var kernel: Estimate?
    /// Bytes per connection of the load generator.
    public var load: Estimate?
    /// Of the largest population.
    public var descriptors: Descriptors
    /// Bytes by which the server was larger after the last connection of the largest population than before the first.
    public var notReturned: Estimate?

    /// Open descriptors of the server, the median over trials; nil where they were not read.
    public struct Descriptors: Sendable, Hashable {
        public var before: Int?
        public var held: Int?
        public var after: Int?
    }

    /// Whether the bytes per connection are slopes through several sizes; else each is a quotient, and holds a part of
    /// what the process takes without any connection.
    public var isSlope: Bool { populations.count > 1 }
}
