import Glibc

/// A file of lines that several processes append to. A line counts once it is complete and on the disk.
///
/// There are two locks. Both are the kernel's, so they end with the process, however it ends. Every process that has
/// the file open shares the first (flock(2)); one that holds it exclusively may replace the file. A process that
/// appends or cuts holds the second, on the content (fcntl(2), `F_OFD_SETLKW`).
final class AppendOnlyFile: Sendable {
    let path: String
    private let descriptor: Int32
    private let calls: AppendCalls

    /// Opens the file, or makes it with mode 0600.
    init(_ path: String, calls: AppendCalls) throws(CredentialError) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CredentialError(
                .unavailable,
                "\(path) cannot be opened (\(Self.cause)): give a file that may be read and written")
        }
        self.path = path
        self.descriptor = descriptor
        self.calls = calls
    }

    private init(path: String, descriptor: Int32, calls: AppendCalls) {
        self.path = path
        self.descriptor = descriptor
        self.calls = calls
    }

    deinit { close(descriptor) }

    private static var cause: String { String(cString: strerror(errno)) }

    private func failure(_ what: String) -> CredentialError {
        CredentialError(.unavailable, "\(path) cannot be \(what) (\(Self.cause))")
    }

    // MARK: Whose it is

    /// Shares the file with other processes.
    func share() { _ = lock(LOCK_SH) }

    /// Tries to change the shared lock to an exclusive one. Returns whether no other process has the file open.
    func takeAlone() -> Bool { lock(LOCK_EX | LOCK_NB) }

    private func lock(_ operation: Int32) -> Bool {
        while flock(descriptor, operation) != 0 {
            guard errno == EINTR else { return false }
        }
        return true
    }

    /// Whether the path still names this file. Another process may have replaced it before we had the lock.
    var isInPlace: Bool {
        var (own, named) = (stat(), stat())
        guard fstat(descriptor, &own) == 0, stat(path, &named) == 0 else { return false }
        return own.st_ino == named.st_ino && own.st_dev == named.st_dev
    }

    // MARK: Its content

    /// `F_OFD_SETLK` and `F_OFD_SETLKW` of Linux (fcntl(2)), which Swift's Glibc module lacks.
    private static let setLock: Int32 = 37
    private static let setLockWaiting: Int32 = 38

    /// Calls `body` while no other process can append or cut.
    func withContent<T>(_ body: () throws(CredentialError) -> T) throws(CredentialError) -> T {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        while fcntl(descriptor, Self.setLockWaiting, &lock) != 0 {
            guard errno == EINTR else { throw failure("locked") }
        }
        defer {
            lock.l_type = Int16(F_UNLCK)
            _ = fcntl(descriptor, Self.setLock, &lock)
        }
        return try body()
    }

    func size() throws(CredentialError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("examined") }
        return Int(status.st_size)
    }

    /// Cuts everything behind the first `size` bytes. The caller holds the lock on the content.
    func cut(to size: Int) throws(CredentialError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw failure("cut to its whole lines") }
    }

    /// Appends lines. Where they cannot all be written, it removes the part that was. The caller holds the lock on
    /// the content.
    func write(_ bytes: [UInt8]) throws(CredentialError) {
        let end = try size()
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { calls.write(descriptor, $0) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let failure = failure("written")
                try? cut(to: end)
                throw failure
            }
            written += count
        }
    }

    /// Waits until the disk has everything.
    func synchronise() throws(CredentialError) {
        guard calls.synchronise(descriptor) == 0 else { throw failure("synchronised") }
    }

    /// How many bytes are read at a time to find the beginning of the last line.
    private static let blockBytes = 4096

    /// The bytes behind the last newline; empty where the last line is complete. The caller holds the lock on the
    /// content.
    func unfinishedLine() throws(CredentialError) -> [UInt8] {
        var line: [UInt8] = []
        var start = try size()
        while start > 0 {
            var block = [UInt8](repeating: 0, count: min(start, Self.blockBytes))
            start -= block.count
            guard pread(descriptor, &block, block.count, off_t(start)) == block.count else { throw failure("read") }
            if let newline = block.lastIndex(of: UInt8(ascii: "\n")) { return Array(block[(newline + 1)...]) + line }
            line = block + line
        }
        return line
    }

    // MARK: Another in its place

    /// Replaces this file atomically by one with this content, which is then shared. Nil where that is impossible;
    /// this file remains usable then.
    func replaced(by content: [UInt8]) -> AppendOnlyFile? {
        // Replaces the file that a symbolic link points to, and not the link.
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        let place = String(cString: resolved)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_uid == geteuid() else { return nil }
        let draft = place + ".new"
        unlink(draft)
        let made = Glibc.open(draft, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard made >= 0 else { return nil }
        let file = AppendOnlyFile(path: path, descriptor: made, calls: calls)
        guard fchmod(made, status.st_mode & 0o777) == 0, file.lock(LOCK_SH), (try? file.write(content)) != nil,
            (try? file.synchronise()) != nil, rename(draft, place) == 0
        else {
            unlink(draft)
            return nil
        }
        return file
    }

    /// Waits until the disk has the name of a file that was made or replaced.
    func synchroniseName() throws(CredentialError) {
        guard let resolved = realpath(path, nil) else { throw failure("found") }
        defer { free(resolved) }
        let place = String(cString: resolved)
        let folder = place.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(place[...$0]) } ?? "."
        let directory = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw failure("synchronised with its folder") }
        defer { close(directory) }
        guard calls.synchronise(directory) == 0 else { throw failure("synchronised with its folder") }
    }
}
