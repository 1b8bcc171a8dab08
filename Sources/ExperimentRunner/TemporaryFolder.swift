import Glibc

/// A folder for a run's keys and certificates that only its user can read. It is removed with its scope, or with the
/// process if that is killed.
public struct TemporaryFolder: Sendable {
    public let path: String
    package let guardian: RunGuardian

    public static func with<T>(_ body: (TemporaryFolder) async throws -> T) async throws -> T {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((base + "/tandem-run-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw TrialError(
                .childEnded,
                "no temporary folder in \(base): \(String(cString: strerror(errno))); set TMPDIR to another")
        }
        let path = String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
        let guardian: RunGuardian
        do {
            guardian = try RunGuardian(folder: path)
        } catch {
            rmdir(path)
            throw error
        }
        defer { guardian.end() }
        return try await body(TemporaryFolder(path: path, guardian: guardian))
    }
}
