import Foundation

/// Files of the repository that tests check as they are shipped.
enum RepositoryFiles {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func names(in folder: String, suffix: String) -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)) ?? []
        return all.filter { $0.hasSuffix(suffix) }.sorted()
    }

    static func path(_ name: String) -> String { root.appendingPathComponent(name).path }
}
