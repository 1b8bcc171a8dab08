import Glibc
import OrderUpdates
import Synchronization

/// Writes what the server acknowledges into a file. The process of the sessions reads it later, because it may be
/// frozen for a time and must not miss a record.
///
/// A record consists of five 64-bit words in this machine's byte order: order, epoch, offset, time, node.
public final class AcknowledgementWriter: Sendable {
    static let recordWords = 5

    private let descriptor: Int32
    private let failure = Mutex<Int32>(0)

    /// - Throws: `LoadError` if the file cannot be created.
    public init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw LoadError(.cannotPublish, "\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    /// Appends a record with a single call, so that records do not mix. Any thread may call it.
    public func append(_ update: AcknowledgedUpdate) {
        var words = [
            UInt64(update.order), update.position.epoch, update.position.offset, UInt64(bitPattern: update.at),
            UInt64(update.node),
        ]
        let size = words.count * MemoryLayout<UInt64>.size
        let written = write(descriptor, &words, size)
        if written != size { failure.withLock { $0 = written < 0 ? errno : ENOSPC } }
    }

    /// Why a record is missing; nil if none is.
    public var rejection: String? {
        let code = failure.withLock { $0 }
        return code == 0 ? nil : "acknowledgements could not be written down: \(String(cString: strerror(code)))"
    }
}
