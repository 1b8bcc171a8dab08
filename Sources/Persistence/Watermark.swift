import Glibc

/// The minimum number of commits that the database must have, stored beside it.
///
/// SQLite takes a write-ahead log that is cut short, damaged or missing for one that a crash left unfinished, and
/// continues with what came before. Acknowledged commits would be lost without notice. The watermark reveals that. It
/// is written after each commit and never synchronised: one that lags behind may hide a loss, but never invents one.
struct Watermark: Equatable {
    var commits: UInt64
    /// The durability of those commits.
    var durability: Durability
    /// The boot of the system that is running. After a crash of the machine, `async` may have lost commits that the
    /// watermark counts.
    var boot = Self.boot

    static let boot: String = {
        let file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        return read(file).map { String($0.prefix(36)) } ?? ""
    }()

    private static let length = 96

    /// One line of a fixed length, so that a write replaces the previous line completely.
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

    /// Synchronised once, because a file that is overwritten in place has either the old or the new line after a
    /// crash of the machine.
    static func synchronise(_ folder: StoreFolder) throws(StoreError) {
        guard fsync(folder.descriptor) == 0 else {
            throw StoreFolder.unavailable("\(folder.watermark) cannot be synchronised")
        }
    }

    init(commits: UInt64, durability: Durability) {
        self.commits = commits
        self.durability = durability
    }

    /// Nil where the file is new and so empty.
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
