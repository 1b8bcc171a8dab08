import Glibc

/// The folder of a store's files, and the lock that says which process owns it.
///
/// It is the kernel's lock (`flock(2)`) on the watermark's file, so it ends with the process, however that ends.
final class StoreFolder: Sendable {
    let path: String
    /// The watermark's file, which holds the lock.
    let descriptor: Int32

    var database: String { "\(path)/timelines.sqlite" }
    /// A database that is being made. It is renamed once it is complete.
    var unfinished: String { database + ".new" }
    /// SQLite's write-ahead log.
    var log: String { database + "-wal" }
    var watermark: String { "\(path)/watermark" }

    /// Makes the folder where there is none, and locks it.
    init(_ path: String) throws(StoreError) {
        self.path = path
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw Self.unavailable("the folder \(path) cannot be made")
        }
        guard Self.isFolder(path) else { throw StoreError(.noFolder, "\(path) is no folder: name one, or a new one") }
        descriptor = open("\(path)/watermark", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.unavailable("\(path)/watermark cannot be opened") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isTaken = errno == EWOULDBLOCK
            let failure = Self.unavailable("\(path)/watermark cannot be locked")
            // `deinit` closes the descriptor, also of an object whose `init` throws.
            guard isTaken else { throw failure }
            throw StoreError(.inUse, "\(path) is in use by another process: stop it, or take another folder")
        }
    }

    deinit { close(descriptor) }

    /// Lets another process lock it.
    func release() { flock(descriptor, LOCK_UN) }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func remove(_ path: String) { unlink(path) }

    /// The length of a file in bytes; 0 where there is none.
    static func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// An error with the system's text for `errno`.
    static func unavailable(_ what: String) -> StoreError {
        StoreError(.unavailable, "\(what): \(String(cString: strerror(errno)))")
    }

    /// Renames the finished database, so that a crash leaves all of it or nothing.
    func finish() throws(StoreError) {
        try synchronise(unfinished)
        guard rename(unfinished, database) == 0 else { throw Self.unavailable("\(database) cannot be made") }
        try synchronise(path)
    }

    private func synchronise(_ path: String) throws(StoreError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        guard file >= 0, fsync(file) == 0 else { throw Self.unavailable("\(path) cannot be synchronised") }
    }
}
