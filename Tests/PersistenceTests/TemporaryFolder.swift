import Glibc
import Testing

/// A folder that goes with this object.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/tandem-data-XXXXXX".utf8CString)
        path = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    deinit {
        for (name, _) in (try? contents(withShared: true)) ?? [:] { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    /// The files by name. SQLite's memory that processes share is no one's data.
    func contents(withShared: Bool = false) throws -> [String: [UInt8]] {
        let folder = try #require(opendir(path))
        defer { closedir(folder) }
        var files: [String: [UInt8]] = [:]
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(cString: $0.bindMemory(to: CChar.self).baseAddress!)
            }
            guard !name.hasPrefix("."), withShared || !name.hasSuffix("-shm") else { continue }
            files[name] = try read(name)
        }
        return files
    }

    func read(_ name: String) throws -> [UInt8] {
        let file = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC)
        try #require(file >= 0)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: Int(lseek(file, 0, Int32(SEEK_END))))
        try #require(pread(file, &bytes, bytes.count, 0) == bytes.count)
        return bytes
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        let file = open("\(path)/\(name)", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        try #require(pwrite(file, bytes, bytes.count, 0) == bytes.count)
    }

    func remove(_ name: String) { unlink("\(path)/\(name)") }

    /// What a crash at this instant would leave: the files as they are, in a folder of their own.
    func crashed() throws -> TemporaryFolder {
        let copy = try TemporaryFolder()
        for (name, bytes) in try contents() { try copy.write(bytes, to: name) }
        return copy
    }
}
