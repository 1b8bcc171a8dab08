import Glibc
import Synchronization
import Threads

/// Reads lines of standard input on a thread of its own, so that waiting for a line blocks no other work.
final class StandardInput: Sendable {
    static let shared = StandardInput()

    private struct State {
        var lines: [String] = []
        var isClosed = false
        var waiter: CheckedContinuation<String?, Never>?
        var onClose: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    private init() {
        do {
            try SystemThread { [self] in read() }.detach()
        } catch {
            StandardStreams.error("tandem: standard input is not read: \(error)\n")
            state.withLock { $0.isClosed = true }
        }
    }

    /// The next line; nil at the end of the input. Only one caller may wait at a time.
    func line() async -> String? {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if !state.lines.isEmpty {
                    continuation.resume(returning: state.lines.removeFirst())
                } else if state.isClosed {
                    continuation.resume(returning: nil)
                } else {
                    state.waiter = continuation
                }
            }
        }
    }

    /// Calls `action` when the input ends, because its writer has gone.
    func onClose(_ action: @escaping @Sendable () -> Void) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.onClose = action }
            return state.isClosed
        }
        if isClosed { action() }
    }

    private func read() {
        while let line = readLine() {
            state.withLock { state in
                if let waiter = state.waiter {
                    state.waiter = nil
                    waiter.resume(returning: line)
                } else {
                    state.lines.append(line)
                }
            }
        }
        let action = state.withLock { state in
            state.isClosed = true
            state.waiter?.resume(returning: nil)
            state.waiter = nil
            return state.onClose
        }
        action?()
    }
}
