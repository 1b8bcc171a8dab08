/// An event loop that is attached to a hub.
public struct LoopID: Hashable, Sendable {
    /// The loop's index in the hub's table. A later loop may reuse it.
    let index: Int
    /// Unique in the hub's life, so that a detached loop is not mistaken for the next one with the same index.
    let serial: UInt64
}
