import Glibc

/// Appends observations to a log. Each is on the disk before the call returns.
///
/// There is one writer at a time: the file is locked for as long as the writer lives.
public final class ObservationWriter {
    public let path: String
    /// The last line, where it was cut off and has been removed; nil where the log was complete.
    public let removed: ObservationLog.TornLine?
    /// The observations that were in the log when it was opened.
    public let earlier: [Observation]
    private let descriptor: Int32

    /// Opens or creates the log, and removes a last line that was cut off, so that the next one begins on a line of
    /// its own.
    ///
    /// - Throws: `ResultError` where another process writes the log, or a line within it is damaged.
    public init(path: String) throws(ResultError) {
        descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw DiskFile.failure(.unwritable, "cannot open", path) }
        self.path = path
        do throws(ResultError) {
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                throw ResultError(.unwritable, "another process writes this log: let it end, or stop it", file: path)
            }
            let bytes = try DiskFile.read(path)
            let log = try ObservationLog.parse(bytes, file: path)
            if let torn = log.torn {
                // Up to the last newline before the torn line, whether or not that line has a newline itself.
                let whole = bytes.count - torn.bytes - (bytes.last == UInt8(ascii: "\n") ? 1 : 0)
                guard ftruncate(descriptor, off_t(whole)) == 0, fsync(descriptor) == 0 else {
                    throw DiskFile.failure(.unwritable, "cannot remove the line that was cut off", path)
                }
            }
            try DiskFile.storeFolder(of: path)
            removed = log.torn
            earlier = log.observations
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// Appends one line with one write, and waits until the disk has it.
    public func append(_ observation: Observation) throws(ResultError) {
        try DiskFile.write(try ObservationLog.line(observation), to: descriptor, path: path)
        guard fsync(descriptor) == 0 else { throw DiskFile.failure(.unwritable, "cannot store", path) }
    }
}
