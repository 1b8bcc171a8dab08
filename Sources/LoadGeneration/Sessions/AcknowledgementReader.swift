import Glibc
package import OrderUpdates
import Synchronization

/// A position, and the server that it belongs to.
package struct NodePosition: Hashable, Sendable {
    package var node: Int
    package var position: StreamPosition

    package init(node: Int, position: StreamPosition) {
        self.node = node
        self.position = position
    }
}

/// Reads what the server has acknowledged, by order. Each call reads all new records, so that the result is current.
package final class AcknowledgementReader: Sendable {
    private struct State {
        var offset: off_t = 0
        /// By order: the last position of each epoch, in the order of the epochs' first records.
        var ends: [[NodePosition]]
    }

    private let descriptor: Int32
    private let state: Mutex<State>

    /// - Throws: `LoadError` if the file cannot be read.
    package init(path: String, orders: Int) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw LoadError(.unsupported, "\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        state = Mutex(State(ends: Array(repeating: [], count: orders)))
    }

    deinit { close(descriptor) }

    /// The newest acknowledged position of an order at each node; empty if nothing is published yet.
    package func latest(of order: Int) -> [StreamPosition] {
        state.withLock { state in
            readOn(&state)
            return Self.newest(state.ends[order])
        }
    }

    /// The newest acknowledged positions by order.
    package func latest() -> [[StreamPosition]] {
        state.withLock { state in
            readOn(&state)
            return state.ends.map(Self.newest)
        }
    }

    /// The last epoch of each node. A restart without history ends the epochs before it.
    private static func newest(_ ends: [NodePosition]) -> [StreamPosition] {
        ends.indices.filter { place in !ends[(place + 1)...].contains { $0.node == ends[place].node } }
            .map { ends[$0].position }
    }

    /// By order: the last position of each epoch.
    package func ends() -> [[NodePosition]] {
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
                // A record is appended in one call, but a read may end within a record that is being written.
                let records = max(0, count) / size
                guard records > 0 else { return }
                for record in 0..<records {
                    let words = UnsafeRawBufferPointer(rebasing: buffer[record * size..<(record + 1) * size])
                        .bindMemory(to: UInt64.self)
                    note(
                        Int(words[0]), StreamPosition(epoch: words[1], offset: words[2]), node: Int(words[4]), &state)
                }
                state.offset += off_t(records * size)
            }
        }
    }

    private func note(_ order: Int, _ position: StreamPosition, node: Int, _ state: inout State) {
        guard state.ends.indices.contains(order) else { return }
        if let place = state.ends[order].lastIndex(where: { $0.position.epoch == position.epoch }) {
            state.ends[order][place].position.offset = max(
                state.ends[order][place].position.offset, position.offset)
        } else {
            state.ends[order].append(NodePosition(node: node, position: position))
        }
    }
}
