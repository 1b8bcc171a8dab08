/// An event loop that is attached to a hub.
public struct LoopID: Hashable, Sendable {
    /// The loop's place in the hub's table, which a later loop may take over.
    let index: Int
    /// Unique in the hub's life, so that a detached loop cannot be mistaken for its successor.
    let serial: UInt64
}
