import Glibc

/// Files that survive a power failure: they are written completely or not at all.
package enum DiskFile {
    static func read(_ path: String) throws(ResultError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(.unreadable, "cannot open", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count > 0 {
                guard bytes.count + count <= ResultNumbers.largestFile else {
                    throw ResultError(
                        .unreadable, "is larger than \(ResultNumbers.largestFile) bytes, and no file of a run is",
                        file: path)
                }
                bytes.append(contentsOf: buffer[..<count])
            } else if count == 0 {
                return bytes
            } else if errno != EINTR {
                throw failure(.unreadable, "cannot read", path)
            }
        }
    }

    /// Replaces the file atomically: a reader sees the old bytes or the new ones.
    package static func replace(_ path: String, with bytes: [UInt8]) throws(ResultError) {
        let draft = "\(path).\(getpid())"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(.unwritable, "cannot create", path) }
        do throws(ResultError) {
            defer { close(descriptor) }
            try write(bytes, to: descriptor, path: path)
            guard fsync(descriptor) == 0 else { throw failure(.unwritable, "cannot store", path) }
            guard rename(draft, path) == 0 else { throw failure(.unwritable, "cannot replace", path) }
        } catch {
            unlink(draft)
            throw error
        }
        try storeFolder(of: path)
    }

    static func write(_ bytes: some Collection<UInt8>, to descriptor: Int32, path: String) throws(ResultError) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw failure(.unwritable, "cannot write", path)
            }
        }
    }

    /// Stores the folder's list of names. Without that, a new file may be gone after a power failure.
    static func storeFolder(of path: String) throws(ResultError) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(.unwritable, "cannot open", folder) }
        defer { close(descriptor) }
        // Some file systems cannot store a folder, and say so with EINVAL.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(.unwritable, "cannot store", folder) }
    }

    /// Creates a folder and its parents. An existing folder is fine.
    static func createFolder(_ path: String) throws(ResultError) {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw failure(.unwritable, "cannot create", path)
        }
        try createFolder(String(path[..<slash]))
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw failure(.unwritable, "cannot create", path) }
    }

    static func failure(_ code: ResultError.Code, _ what: String, _ path: String) -> ResultError {
        let isFolder = errno == EISDIR
        let cause = isFolder ? "a folder has this name: move it away" : String(cString: strerror(errno))
        return ResultError(code, "\(what): \(cause)", file: path)
    }
}
