/// One logged update, as every reader sees it.
public struct OrderEvent: Sendable {
    /// The event's number in its order's timeline; the first is 1.
    public let offset: UInt64
    /// The event's number among all events of the hub, for streams of many orders; the first is 1.
    public let sequence: UInt64
    /// The encoded update (`OrderUpdate.appendJSON`), rendered once and shared by all readers.
    public let json: [UInt8]

    public init(offset: UInt64, sequence: UInt64, json: [UInt8]) {
        self.offset = offset
        self.sequence = sequence
        self.json = json
    }
}
