/// A position in a timeline: an epoch, which changes when the log restarts without its history, and an offset in it.
///
/// Its text, `<epoch in hexadecimal>-<offset>`, is the `id` on the wire: an SSE `id`, a WebSocket message's `id`,
/// the entity tag of a polled order.
public struct StreamPosition: Hashable, Sendable, CustomStringConvertible {
    public var epoch: UInt64
    /// 0 before the first update; the first update has offset 1.
    public var offset: UInt64

    public init(epoch: UInt64, offset: UInt64) {
        self.epoch = epoch
        self.offset = offset
    }

    /// Nil where `text` is not a position in canonical form. So different texts are different positions.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let epoch = UInt64(parts[0], radix: 16), let offset = UInt64(parts[1]) else {
            return nil
        }
        self.init(epoch: epoch, offset: offset)
        // Signs, leading zeros and capitals parse as numbers, but `description` does not write them.
        guard description.utf8.elementsEqual(text.utf8) else { return nil }
    }

    public var description: String { "\(String(epoch, radix: 16))-\(offset)" }
}
