import OrderUpdates
import Synchronization

/// Everything that a test published, whole: what a ledger compares deliveries with.
///
/// An update is noted before it is published, so that no delivery can precede its note.
final class PublishedLog: Sendable {
    struct Entry: Sendable, Equatable {
        let order: OrderID
        let offset: UInt64
        /// Its place among all updates.
        let sequence: UInt64
    }

    /// Protected by `state`.
    private struct State: Sendable {
        var entries: [[UInt8]: Entry] = [:]
        var bytes: [OrderID: [[UInt8]]] = [:]
        var sequences: [OrderID: [UInt64]] = [:]
        var epochs: [OrderID: UInt64] = [:]
        var sequence: UInt64 = 0
    }

    private let state = Mutex(State())

    func note(_ update: OrderUpdate) {
        var json: [UInt8] = []
        update.appendJSON(to: &json)
        note(json, of: update.orderID)
    }

    func note(_ json: [UInt8], of order: OrderID) {
        state.withLock { state in
            state.sequence += 1
            state.bytes[order, default: []].append(json)
            state.sequences[order, default: []].append(state.sequence)
            let offset = UInt64(state.bytes[order]!.count)
            precondition(
                state.entries[json] == nil, "two updates of a test must differ, or a repetition would not show")
            state.entries[json] = Entry(order: order, offset: offset, sequence: state.sequence)
        }
    }

    func noteEpoch(_ epoch: UInt64, of order: OrderID) {
        state.withLock { $0.epochs[order] = epoch }
    }

    func entry(_ json: [UInt8]) -> Entry? { state.withLock { $0.entries[json] } }
    func epoch(of order: OrderID) -> UInt64? { state.withLock { $0.epochs[order] } }
    func end(of order: OrderID) -> UInt64 { state.withLock { UInt64($0.bytes[order, default: []].count) } }

    /// The updates of an order from an offset on.
    func updates(of order: OrderID, from offset: UInt64) -> [[UInt8]] {
        state.withLock { Array($0.bytes[order, default: []].dropFirst(Int(offset) - 1)) }
    }

    func latest(of order: OrderID) -> [UInt8]? { state.withLock { $0.bytes[order]?.last } }

    /// How many updates of the order lie after a sequence, up to an offset.
    func count(of order: OrderID, afterSequence sequence: UInt64, upTo offset: UInt64) -> Int {
        state.withLock { $0.sequences[order, default: []].prefix(Int(offset)).count { $0 > sequence } }
    }
}
