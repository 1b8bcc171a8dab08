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

    /// Reads what is there, and opens it to append.
    static func open(_ path: String) throws(CredentialError) -> (RevocationJournal, [RevocationList.Entry]) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CredentialError(
                .unavailable,
                "\(path) cannot be opened (\(String(cString: strerror(errno)))): give a file that may be read and written"
            )
        }
        let journal = RevocationJournal(path: path, descriptor: descriptor)
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw CredentialError(.unavailable, "\(path) cannot be read: give a regular file")
        }
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
        // A line that a crash cut short was refused above, unless it was complete but for its end.
        if let last = data.last, last != UInt8(ascii: "\n") { try journal.write([UInt8(ascii: "\n")]) }
        return (journal, entries)
    }

    func append(_ entry: RevocationList.Entry) throws(CredentialError) {
        let line =
            switch entry {
            case .token(let id, let expires): Line(tokenId: id, expires: expires)
            case .subject(let name, let through): Line(subject: name, issuedThrough: through)
            }
        guard let json = try? JSONEncoder().encode(line) else {
            preconditionFailure("an object of strings and integers is always encodable")
        }
        try write(Array(json) + [UInt8(ascii: "\n")])
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
