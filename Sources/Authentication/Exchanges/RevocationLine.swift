import FoundationEssentials
import OrderUpdates
import TransportCore

/// A line of a revocation list's file: one JSON object.
struct RevocationLine: Codable {
    var tokenId: CredentialID?
    var expires: Int64?
    var subject: Subject?
    var issuedThrough: Int64?

    init(_ entry: RevocationList.Entry) {
        switch entry {
        case .token(let id, let expires): (tokenId, self.expires) = (id, expires)
        case .subject(let name, let through): (subject, issuedThrough) = (name, through)
        }
    }

    /// Nil where the line does not say what is revoked, or names two things.
    var entry: RevocationList.Entry? {
        switch (tokenId, subject, issuedThrough) {
        case (let id?, nil, nil): .token(id: id, expires: expires)
        case (nil, let name?, let through?): .subject(name, issuedThrough: through)
        default: nil
        }
    }

    /// The line with its newline.
    static func bytes(_ entry: RevocationList.Entry) -> [UInt8] {
        guard let json = try? JSONEncoder().encode(RevocationLine(entry)) else {
            preconditionFailure("an object of strings and integers is always encodable")
        }
        return Array(json) + [UInt8(ascii: "\n")]
    }

    /// The content of a file.
    struct Content {
        var entries: [RevocationList.Entry] = []
        /// Bytes up to the end of the last complete line. What follows was never acknowledged.
        var whole: Int
        /// Whether the last line lacks nothing but its newline.
        var lacksEnd = false
    }

    /// - Parameter path: the name of the file in errors.
    /// - Throws: where a line is damaged. It is not skipped, because a credential that was revoked must not become
    ///   valid by accident.
    static func parse(_ data: [UInt8], of path: String) throws(CredentialError) -> Content {
        var content = Content(whole: data.count)
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty {
            let isLast = index == lines.count - 1
            let fault = StrictJSON.fault(in: Array(line))
            if fault == nil, let entry = (try? JSONDecoder().decode(Self.self, from: Data(line)))?.entry {
                content.entries.append(entry)
                content.lacksEnd = isLast
            } else if isLast, isCutShort(line, fault) {
                content.whole = line.startIndex
            } else {
                throw CredentialError(
                    .malformed,
                    "\(path), line \(index + 1), is no revocation: repair it as {\"tokenId\":\"…\"} or "
                        + "{\"subject\":\"…\",\"issuedThrough\":seconds}, or remove the line")
            }
        }
        return content
    }

    /// Whether a last line without a newline is one of ours that a crash cut short: the beginning of a line that is
    /// no JSON yet, or NUL bytes that the file system reserved for it. Damage by an editor looks different.
    private static func isCutShort(_ line: ArraySlice<UInt8>, _ fault: StrictJSON.Fault?) -> Bool {
        if line.allSatisfy({ $0 == 0 }) { return true }
        guard line.first == UInt8(ascii: "{"), let fault else { return false }
        if line.contains(0) { return true }
        switch fault.reason {
        case .notUTF8, .value, .number, .escape, .openString, .name, .colon, .separator: return true
        case .byteOrderMark, .empty, .controlCharacter, .repeatedName, .depth, .remainder: return false
        }
    }
}
