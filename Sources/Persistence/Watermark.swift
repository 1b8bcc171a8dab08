import Glibc

/// How many commits the database must have at least, kept beside it.
///
/// SQLite takes a write-ahead log that is cut short, damaged or gone for one that a crash has left unfinished, and goes on
/// with what came before: acknowledged commits would be lost without a word. This tells. It is written after each commit and
/// never synchronised: one that lags behind hides a loss at worst, and never invents one.
struct Watermark: Equatable {
    var commits: UInt64
    /// What was promised of those commits.
    var durability: Durability
    /// Of the running system. After a crash of the machine, `async` may have lost commits that this one counts.
    var boot = Self.boot

    static let boot: String = {
        let file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        return read(file).map { String($0.prefix(36)) } ?? ""
    }()

    private static let length = 96

    /// One line of a fixed length, so that a write leaves nothing of the one before.
    private var line: [UInt8] {
        var text = "\(commits) \(durability.rawValue) \(boot)"
        text += " " + String(Self.checksum(of: text), radix: 16)
        text += String(repeating: " ", count: max(0, Self.length - 1 - text.utf8.count)) + "\n"
        return Array(text.utf8)
    }

    func write(to folder: StoreFolder) throws(StoreError) {
        let line = line
        guard pwrite(folder.descriptor, line, line.count, 0) == line.count else {
            throw StoreFolder.unavailable("\(folder.watermark) cannot be written")
        }
    }

    /// Once is enough: what is overwritten in place is whole after a crash of the machine, and as it was before or after.
    static func synchronise(_ folder: StoreFolder) throws(StoreError) {
        guard fsync(folder.descriptor) == 0 else {
            throw StoreFolder.unavailable("\(folder.watermark) cannot be synchronised")
        }
    }

    init(commits: UInt64, durability: Durability) {
        self.commits = commits
        self.durability = durability
    }

    /// Nil where the file is new, and so empty.
    /// - Throws: `damaged` where it is not what was written.
    init?(of folder: StoreFolder) throws(StoreError) {
        guard let text = Self.read(folder.descriptor) else {
            throw StoreFolder.unavailable("\(folder.watermark) cannot be read")
        }
        guard !text.isEmpty else { return nil }
        let words = text.split(whereSeparator: \.isWhitespace)
        guard text.utf8.count == Self.length, words.count == 4, let commits = UInt64(words[0]),
            let durability = Durability(rawValue: String(words[1])),
            UInt64(words[3], radix: 16) == Self.checksum(of: words[..<3].joined(separator: " "))
        else { throw .damaged(folder.watermark, "it is not as it was written") }
        self.commits = commits
        self.durability = durability
        boot = String(words[2])
    }

    private static func checksum(of text: String) -> UInt64 {
        var checksum = Checksum()
        checksum.add(text.utf8)
        return checksum.value
    }

    private static func read(_ file: Int32) -> String? {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = pread(file, &bytes, bytes.count, 0)
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }
}
