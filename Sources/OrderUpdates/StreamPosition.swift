/// A place in a timeline: an epoch, which changes when the log restarts without its history, and an offset in it.
///
/// Its text, `<epoch in hexadecimal>-<offset>`, is the `id` of DESIGN 4's wire: an SSE `id`, a WebSocket message's `id`,
/// the entity tag of a polled order.
public struct StreamPosition: Hashable, Sendable, CustomStringConvertible {
    public var epoch: UInt64
    /// 0 before the first update; the first update has offset 1.
    public var offset: UInt64

    public init(epoch: UInt64, offset: UInt64) {
        self.epoch = epoch
        self.offset = offset
    }

    /// Nil where `text` is not a position in its canonical form, so that two texts differ where two positions do.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let epoch = UInt64(parts[0], radix: 16), let offset = UInt64(parts[1]) else {
            return nil
        }
        self.init(epoch: epoch, offset: offset)
        // Signs, leading zeros and capitals parse as numbers, but are not what `description` writes.
        guard description.utf8.elementsEqual(text.utf8) else { return nil }
    }

    public var description: String { "\(String(epoch, radix: 16))-\(offset)" }
}
