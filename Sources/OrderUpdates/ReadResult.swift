/// The answer to a read of one order's timeline.
public enum ReadResult: Sendable {
    /// The events that follow the position, without a gap; empty where there are none yet.
    case events([OrderEvent], epoch: UInt64)
    /// The position is of another epoch, ahead of the timeline's end, or no longer in the history. The reader
    /// continues from the snapshot.
    case positionLost(OrderSnapshot)
    /// There is no such order, or it has been evicted.
    case unknown
}
