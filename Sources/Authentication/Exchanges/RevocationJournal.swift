import FoundationEssentials
import Glibc
import Synchronization

/// The file of a revocation list: one JSON object a line, appended.
final class RevocationJournal: Sendable {
    private struct Line: Codable {
        var tokenId: String?
        var expires: Int64?
        var subject: String?
        var issuedThrough: Int64?

        /// Nil where the line does not say what is revoked, or says two things.
        var entry: RevocationList.Entry? {
            switch (tokenId, subject, issuedThrough) {
            case (let id?, nil, nil): .token(id: id, expires: expires)
            case (nil, let name?, let through?): .subject(name, issuedThrough: through)
            default: nil
            }
        }
    }

    private let path: String
    private let descriptor: Int32
    /// Lines are written whole, one at a time.
    private let writing = Mutex(())

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Reads what is there, writes the file anew where it holds more than is in force, and opens it to append.
    ///
    /// - Parameter inForce: those of the entries that still count, each once.
    /// - Throws: where the file cannot be read, or a line is damaged: it is then left as it is.
    static func open(
        _ path: String, keeping inForce: ([RevocationList.Entry]) -> [RevocationList.Entry]
    ) throws(CredentialError) -> (RevocationJournal, [RevocationList.Entry]) {
        while true {
            let journal = RevocationJournal(path: path, descriptor: try openFile(path))
            // Whoever appends shares the file (flock(2)); who has it alone may put another in its place.
            let isAlone = journal.lock(LOCK_EX | LOCK_NB)
            if !isAlone { _ = journal.lock(LOCK_SH) }
            guard journal.isInPlace else { continue }
            guard let data = try? Data(contentsOf: URL(filePath: path)) else {
                throw CredentialError(.unavailable, "\(path) cannot be read: give a regular file")
            }
            let entries = try parse(data, of: path)
            let kept = inForce(entries)
            if isAlone {
                if kept.count < entries.count, let compacted = journal.replaced(by: kept) { return (compacted, kept) }
                _ = journal.lock(LOCK_SH)
                guard journal.isInPlace else { continue }
            }
            // A line that a crash cut short was refused above, unless it was complete but for its end.
            if let last = data.last, last != UInt8(ascii: "\n") { try journal.write([UInt8(ascii: "\n")]) }
            return (journal, kept)
        }
    }

    private static func openFile(_ path: String) throws(CredentialError) -> Int32 {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CredentialError(
                .unavailable,
                "\(path) cannot be opened (\(String(cString: strerror(errno)))): give a file that may be read and written"
            )
        }
        return descriptor
    }

    private static func parse(_ data: Data, of path: String) throws(CredentialError) -> [RevocationList.Entry] {
        var entries: [RevocationList.Entry] = []
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty {
            guard let entry = (try? JSONDecoder().decode(Line.self, from: Data(line)))?.entry else {
                // Not passed over: a revocation that is not understood must not come back into force by accident.
                throw CredentialError(
                    .malformed,
                    "\(path), line \(index + 1), is no revocation: repair it as {\"tokenId\":\"…\"} or "
                        + "{\"subject\":\"…\",\"issuedThrough\":seconds}, or remove the line")
            }
            entries.append(entry)
        }
        return entries
    }

    // MARK: The file

    private func lock(_ operation: Int32) -> Bool {
        while flock(descriptor, operation) != 0 {
            guard errno == EINTR else { return false }
        }
        return true
    }

    /// Whether the path still names this file: another process may have written it anew before it was locked.
    private var isInPlace: Bool {
        var (own, named) = (stat(), stat())
        guard fstat(descriptor, &own) == 0, stat(path, &named) == 0 else { return false }
        return own.st_ino == named.st_ino && own.st_dev == named.st_dev
    }

    /// Puts a file with these entries alone in the place of this one, whole and at once. Nil where that cannot be done: the file
    /// serves as it is.
    private func replaced(by entries: [RevocationList.Entry]) -> RevocationJournal? {
        // A link stays one.
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        let place = String(cString: resolved)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_uid == geteuid() else { return nil }
        let draft = place + ".new"
        unlink(draft)
        let made = Glibc.open(draft, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard made >= 0 else { return nil }
        let journal = RevocationJournal(path: path, descriptor: made)
        let bytes = entries.flatMap { Self.line($0) }
        guard fchmod(made, status.st_mode & 0o777) == 0, journal.lock(LOCK_SH), (try? journal.write(bytes)) != nil,
            fsync(made) == 0, rename(draft, place) == 0
        else {
            unlink(draft)
            return nil
        }
        return journal
    }

    func append(_ entry: RevocationList.Entry) throws(CredentialError) { try write(Self.line(entry)) }

    private static func line(_ entry: RevocationList.Entry) -> [UInt8] {
        let line =
            switch entry {
            case .token(let id, let expires): Line(tokenId: id, expires: expires)
            case .subject(let name, let through): Line(subject: name, issuedThrough: through)
            }
        guard let json = try? JSONEncoder().encode(line) else {
            preconditionFailure("an object of strings and integers is always encodable")
        }
        return Array(json) + [UInt8(ascii: "\n")]
    }

    private func write(_ bytes: [UInt8]) throws(CredentialError) {
        let count = writing.withLock { _ in bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        }
        guard count == bytes.count else {
            throw CredentialError(
                .unavailable, "\(path) cannot be written: the revocation is in force until this process ends")
        }
    }
}
