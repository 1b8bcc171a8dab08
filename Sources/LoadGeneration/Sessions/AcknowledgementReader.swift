import Glibc
package import OrderUpdates
import Synchronization

/// What the server has acknowledged by now, order by order. Reads what is new when it is asked, so that it is never behind.
package final class AcknowledgementReader: Sendable {
    private struct State {
        var offset: off_t = 0
        /// By order: the last position of each epoch, in the order in which the epochs came.
        var ends: [[StreamPosition]]
        var count = 0
    }

    private let descriptor: Int32
    private let state: Mutex<State>

    /// - Throws: `LoadError` where the file cannot be read.
    package init(path: String, orders: Int) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw LoadError(.unsupported, "\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        state = Mutex(State(ends: Array(repeating: [], count: orders)))
    }

    deinit { close(descriptor) }

    /// The newest acknowledged position of an order; nil where nothing was published yet.
    package func latest(of order: Int) -> StreamPosition? {
        state.withLock { state in
            readOn(&state)
            return state.ends[order].last
        }
    }

    /// By order.
    package func latest() -> [StreamPosition?] {
        state.withLock { state in
            readOn(&state)
            return state.ends.map(\.last)
        }
    }

    /// By order: the last position of each epoch.
    package func ends() -> [[StreamPosition]] {
        state.withLock { state in
            readOn(&state)
            return state.ends
        }
    }

    private func readOn(_ state: inout State) {
        let size = AcknowledgementWriter.recordWords * MemoryLayout<UInt64>.size
        withUnsafeTemporaryAllocation(byteCount: 256 * size, alignment: MemoryLayout<UInt64>.alignment) { buffer in
            while true {
                let count = pread(descriptor, buffer.baseAddress, buffer.count, state.offset)
                // A record is appended whole, but a read may end within one that is being written.
                let records = max(0, count) / size
                guard records > 0 else { return }
                for record in 0..<records {
                    let words = UnsafeRawBufferPointer(rebasing: buffer[record * size..<(record + 1) * size])
                        .bindMemory(to: UInt64.self)
                    note(Int(words[0]), StreamPosition(epoch: words[1], offset: words[2]), &state)
                }
                state.offset += off_t(records * size)
            }
        }
    }

    private func note(_ order: Int, _ position: StreamPosition, _ state: inout State) {
        guard state.ends.indices.contains(order) else { return }
        state.count += 1
        if let place = state.ends[order].lastIndex(where: { $0.epoch == position.epoch }) {
            state.ends[order][place].offset = max(state.ends[order][place].offset, position.offset)
        } else {
            state.ends[order].append(position)
        }
    }
}
