/// What a crash of the process or of the machine may take back.
public enum Durability: String, Sendable, CaseIterable {
    /// Everything: timelines are in memory.
    case memory = "none"
    /// The last moments: updates are stored after readers have seen them. After a crash every timeline has a new
    /// epoch, so that no client resumes from a position that the file never had.
    case async
    /// Nothing that anybody has seen: an update is shown to readers, and acknowledged to its publisher, once it is
    /// committed and synchronised (SQLite's `synchronous=FULL`). Epochs stay the same.
    case commit
}
