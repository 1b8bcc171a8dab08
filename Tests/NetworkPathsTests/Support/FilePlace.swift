import Foundation

/// Folders of tests.
enum FilePlace {
    static func makeFolder() -> String? {
        let path = FileManager.default.temporaryDirectory.appending(path: "path-\(UUID().uuidString)").path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            return path
        } catch {
            return nil
        }
    }

    static func remove(_ folder: String) { try? FileManager.default.removeItem(atPath: folder) }
}
