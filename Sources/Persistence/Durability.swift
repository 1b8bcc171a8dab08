/// What a crash of the process or of the machine may take back.
public enum Durability: String, Sendable, CaseIterable {
    /// All of it: timelines live in memory.
    case memory = "none"
    /// The last moments: updates are written behind, and readers see them before. After a crash every timeline has a new
    /// epoch, so that nobody goes on from a position that the file has never seen.
    case async
    /// Nothing that anybody has seen: an update is shown to readers and acknowledged to its publisher when it has been
    /// committed and synchronised (SQLite's `synchronous=FULL`). Epochs stay.
    case commit
}
