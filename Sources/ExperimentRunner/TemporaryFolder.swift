import Glibc

/// A folder for keys and certificates of a run, readable by its user alone, and gone with its scope.
public struct TemporaryFolder: Sendable {
    public let path: String

    public static func with<T>(_ body: (TemporaryFolder) async throws -> T) async throws -> T {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((base + "/tandem-run-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw TrialError(
                .childEnded,
                "no temporary folder in \(base): \(String(cString: strerror(errno))); set TMPDIR to another")
        }
        let folder = TemporaryFolder(path: String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self))
        defer { folder.remove() }
        return try await body(folder)
    }

    /// Removes the folder with the files in it; there are no folders in it.
    private func remove() {
        if let listing = opendir(path) {
            while let entry = readdir(listing) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { unlink("\(path)/\(name)") }
            }
            closedir(listing)
        }
        rmdir(path)
    }
}
