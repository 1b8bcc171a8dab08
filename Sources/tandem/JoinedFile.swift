import ExperimentModel
import FoundationEssentials

/// A file that is measured beside a run and joined to its result folder, where a report finds it.
enum JoinedFile {
    static let latest = "Experiments/Results/latest"

    static func isFolder(_ path: String) -> Bool {
        var isDirectory = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory
    }

    /// Replaces the file of a name.
    ///
    /// - Returns: where it is.
    /// - Throws: `ResultError` where it cannot be written.
    static func write(_ value: some Encodable, named name: String, into folder: String) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let path = "\(folder)/\(name)"
        try DiskFile.replace(path, with: Array(try encoder.encode(value)) + Array("\n".utf8))
        return path
    }
}
