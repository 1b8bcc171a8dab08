import Glibc
import OrderUpdates
import Synchronization

/// Writes down what the server acknowledges, for the process of the sessions to read: that one may be frozen meanwhile, and
/// must not miss a line.
///
/// A record is five 64-bit words of this machine's byte order: order, epoch, offset, time, node.
public final class AcknowledgementWriter: Sendable {
    static let recordWords = 5

    private let descriptor: Int32
    private let failure = Mutex<Int32>(0)

    /// - Throws: `LoadError` where the file cannot be made.
    public init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw LoadError(.cannotPublish, "\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    /// Any thread. A record is written by one call, so that records do not mix.
    public func append(_ update: AcknowledgedUpdate) {
        var words = [
            UInt64(update.order), update.position.epoch, update.position.offset, UInt64(bitPattern: update.at),
            UInt64(update.node),
        ]
        let size = words.count * MemoryLayout<UInt64>.size
        let written = write(descriptor, &words, size)
        if written != size { failure.withLock { $0 = written < 0 ? errno : ENOSPC } }
    }

    /// Why a record is missing; nil where none is.
    public var rejection: String? {
        let code = failure.withLock { $0 }
        return code == 0 ? nil : "acknowledgements could not be written down: \(String(cString: strerror(code)))"
    }
}
