internal import ExperimentModel

/// The rendered files by name, in the order of the renderers.
public struct ReportFiles: Sendable, Hashable {
    public struct File: Sendable, Hashable {
        public var name: String
        public var contents: String
    }

    public private(set) var files: [File] = []

    public init() {}

    /// The contents of a file; nil if no renderer wrote it.
    public subscript(name: String) -> String? { files.first { $0.name == name }?.contents }

    mutating func add(_ name: String, _ contents: String) {
        precondition(self[name] == nil, "two renderers write \(name): give one of them another fileName")
        files.append(File(name: name, contents: contents))
    }

    /// Writes each file under a temporary name and renames it, so that a reader never sees half a report.
    ///
    /// - Throws: `ReportError` with the file and the cause.
    public func write(to directory: String) throws {
        for file in files {
            let path = directory + "/" + file.name
            do {
                try DiskFile.replace(path, with: Array(file.contents.utf8))
            } catch {
                throw ReportError(.notWritten, "\(error)")
            }
        }
    }
}
