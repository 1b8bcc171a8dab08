/// Why timelines cannot be stored in a folder.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The path is not that of a folder.
        case noFolder
        /// Another process uses the folder.
        case inUse
        /// The files are not as they were written.
        case damaged
        /// A file of another program, or of a later version.
        case foreign
        /// The system refuses to read or to write.
        case unavailable
    }
    public var code: Code
    /// What happened and what to do about it.
    public var description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    static func damaged(_ path: String, _ finding: String) -> Self {
        Self(
            .damaged,
            "\(path) is damaged: \(finding). Nothing was changed: bring back a copy of the whole folder, or move it away to "
                + "begin anew")
    }
}
