import FoundationEssentials
import Glibc
import Synchronization
import Threads

/// The file of a revocation list: one JSON object in each line. A thread of its own appends and synchronises lines in
/// groups.
///
/// Lifetime: `close` writes what is left and ends the thread. A journal that is not closed keeps its thread.
final class RevocationJournal: Sendable {
    /// Called once, on any thread, when the disk has an entry; with an error where it has not.
    typealias Acknowledgement = @Sendable (CredentialError?) -> Void

    private struct State {
        var lines: [UInt8] = []
        var waiting: [Acknowledgement] = []
        /// Set for good once synchronising has failed, because the system then no longer knows which parts of the
        /// file are on the disk (fsync(2)).
        var failure: CredentialError?
    }

    private let file: AppendOnlyFile
    private let state = Mutex(State())
    private let worker = WorkerThread()

    private init(_ file: AppendOnlyFile) { self.file = file }

    // MARK: Opening

    /// Reads the file, rewrites it where it contains more than is in force, and opens it to append. A last line that
    /// was cut short is removed.
    ///
    /// - Parameters:
    ///   - inForce: returns the entries that still count, each once.
    ///   - complain: gets one line where a line was removed.
    /// - Throws: where the file cannot be read, or a line is damaged. The file is not changed then.
    static func open(
        _ path: String, calls: AppendCalls, complain: (String) -> Void,
        keeping inForce: ([RevocationList.Entry]) -> [RevocationList.Entry]
    ) throws(CredentialError) -> (RevocationJournal, [RevocationList.Entry]) {
        while true {
            var file = try AppendOnlyFile(path, calls: calls)
            let isAlone = file.takeAlone()
            if !isAlone { file.share() }
            guard file.isInPlace else { continue }
            let entries = try file.withContent { () throws(CredentialError) in try read(file, complain) }
            let kept = inForce(entries)
            if isAlone {
                if kept.count < entries.count, let compacted = file.replaced(by: kept.flatMap(RevocationLine.bytes)) {
                    file = compacted
                } else {
                    file.share()
                    guard file.isInPlace else { continue }
                }
            }
            try file.synchronise()
            try file.synchroniseName()
            let journal = RevocationJournal(file)
            do {
                try journal.worker.start { [journal] _ in journal.store() }
            } catch {
                throw CredentialError(.unavailable, "the journal \(path): \(error)")
            }
            return (journal, kept)
        }
    }

    private static func read(
        _ file: AppendOnlyFile, _ complain: (String) -> Void
    ) throws(CredentialError) -> [RevocationList.Entry] {
        guard let data = try? Data(contentsOf: URL(filePath: file.path)) else {
            throw CredentialError(.unavailable, "\(file.path) cannot be read: give a regular file")
        }
        let content = try RevocationLine.parse(Array(data), of: file.path)
        if content.whole < data.count {
            try file.cut(to: content.whole)
            complain(
                "\(file.path): the last \(data.count - content.whole) bytes were removed: a revocation that was cut short "
                    + "when the server ended, and never acknowledged")
        }
        if content.lacksEnd { try file.write([UInt8(ascii: "\n")]) }
        return content.entries
    }

    // MARK: Appending

    /// Returns at once.
    /// - Parameter acknowledge: called when the disk has the entry, or with an error when it cannot have it.
    func append(_ entry: RevocationList.Entry, _ acknowledge: @escaping Acknowledgement) {
        let line = RevocationLine.bytes(entry)
        let failure = state.withLock { state in
            guard state.failure == nil else { return state.failure }
            state.lines += line
            state.waiting.append(acknowledge)
            return nil
        }
        if let failure { acknowledge(failure) } else { worker.wake() }
    }

    /// Stores what is left, and returns once the thread has ended.
    func close() { worker.stop() }

    /// One round of the thread. Returns whether another round may follow.
    private func store() -> Bool {
        // What arrived while the disk failed has failed too. The next fsync(2) may succeed all the same, so it would
        // not tell.
        let (lines, waiting, broken) = state.withLock { state in
            defer { (state.lines, state.waiting) = ([], []) }
            return (state.lines, state.waiting, state.failure)
        }
        guard !waiting.isEmpty else { return true }
        let failure = broken ?? self.failure(of: lines)
        for acknowledge in waiting { acknowledge(failure) }
        return true
    }

    /// Stores lines. Nil where the disk has them.
    private func failure(of lines: [UInt8]) -> CredentialError? {
        do throws(CredentialError) {
            try file.withContent { () throws(CredentialError) in
                try finishLastLine()
                try file.write(lines)
            }
        } catch {
            return inForce(because: error, "make room, then revoke again")
        }
        do throws(CredentialError) {
            try file.synchronise()
            return nil
        } catch {
            let failure = inForce(because: error, "see to the disk, restart the server, then revoke again")
            state.withLock { $0.failure = failure }
            return failure
        }
    }

    /// Completes the last line of another process that was killed: one that only lacks its end gets it, one that was
    /// cut short is removed. What an editor damaged stays on a line of its own, and the next start names it.
    private func finishLastLine() throws(CredentialError) {
        let tail = try file.unfinishedLine()
        guard !tail.isEmpty else { return }
        if let content = try? RevocationLine.parse(tail, of: file.path), content.whole < tail.count {
            try file.cut(to: file.size() - tail.count + content.whole)
        } else {
            try file.write([UInt8(ascii: "\n")])
        }
    }

    private func inForce(because error: CredentialError, _ advice: String) -> CredentialError {
        CredentialError(
            .unavailable, "\(error.message): the revocation is in force until this process ends; \(advice)")
    }
}
