import Authentication
import Glibc
import Synchronization

/// A disk that does as a test says, and writes down what it was asked for.
final class ScriptedDisk: Sendable {
    struct State: Sendable {
        /// Bytes that there is still room for; the write that exceeds it is short, and the next one fails with ENOSPC.
        var room = Int.max
        /// How many of the next fsync(2) fail.
        var failures = 0
        var asked: [String] = []
    }

    let state = Mutex(State())
    /// While it is locked, fsync(2) waits.
    let gate = Mutex(())

    var asked: [String] { state.withLock { $0.asked } }

    func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    var calls: AppendCalls {
        AppendCalls(
            write: { [self] descriptor, bytes in
                let count = state.withLock { state in
                    let count = min(bytes.count, state.room)
                    if state.room != .max { state.room -= count }
                    state.asked.append("write \(count) of \(bytes.count)")
                    return count
                }
                guard count > 0 else {
                    errno = ENOSPC
                    return -1
                }
                return Glibc.write(descriptor, bytes.baseAddress, count)
            },
            synchronise: { [self] descriptor in
                gate.withLock { _ in }
                let fails = state.withLock { state in
                    state.asked.append("synchronise")
                    guard state.failures > 0 else { return false }
                    state.failures -= 1
                    return true
                }
                guard !fails else {
                    errno = EIO
                    return -1
                }
                return fsync(descriptor)
            })
    }
}
