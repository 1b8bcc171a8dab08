import Clocks
import OrderUpdates
import Synchronization
import TransportCore

/// The events that a stream received, with their times. The client's thread writes it, and a measure reads it.
final class StreamWatch: ConnectionHandler, Sendable {
    /// Times are in nanoseconds since 1970, because a token's end is.
    struct State: Sendable {
        var openedAt: Int64?
        var firstEventAt: Int64?
        var lastUpdateAt: Int64?
        var closedAt: Int64?
        var cause: ClosedCause?
        var updates = 0
        var position: StreamPosition?
        /// Only with `keepsLog`: the offset of each update, and the intended time of its publication.
        var log: [(offset: UInt64, intendedAt: Int64)] = []
    }

    private let state = Mutex(State())
    private let keepsLog: Bool
    private let onFirstEvent: @Sendable () -> Void
    private let clock = MonotonicClock()

    /// - Parameter onFirstEvent: called on the client's thread before the client continues.
    init(keepsLog: Bool = false, onFirstEvent: @escaping @Sendable () -> Void = {}) {
        self.keepsLog = keepsLog
        self.onFirstEvent = onFirstEvent
    }

    var now: State { state.withLock { $0 } }

    func connection(_ id: ConnectionID, _ event: borrowing ConnectionEvent) {
        let time = clock.unixNanoseconds
        switch event {
        case .opened: state.withLock { $0.openedAt = time }
        case .snapshot(let position, _):
            noteFirst()
            state.withLock { state in
                if state.firstEventAt == nil { state.firstEventAt = time }
                state.position = position ?? state.position
            }
        case .update(let position, let payload):
            noteFirst()
            let intended = keepsLog ? Self.timestamp(of: payload) : nil
            state.withLock { state in
                if state.firstEventAt == nil { state.firstEventAt = time }
                state.lastUpdateAt = time
                state.updates += 1
                state.position = position ?? state.position
                if let intended, let position { state.log.append((position.offset, intended)) }
            }
        case .closed(let cause):
            state.withLock { state in
                state.closedAt = time
                state.cause = cause
            }
        case .connected, .positionLost, .heartbeat, .retry, .commandResult, .unchanged: break
        }
    }

    private func noteFirst() {
        if state.withLock({ $0.firstEventAt == nil }) { onFirstEvent() }
    }

    /// Waits for a condition. It looks once a millisecond, which affects no measurement, because events carry their
    /// own times.
    /// - Throws: `StudyError` where it does not hold in time, or the stream ends before.
    func wait(_ what: String, within bound: Duration = .seconds(10), until holds: (State) -> Bool) async throws {
        let deadline = clock.now.advanced(by: bound)
        while true {
            let state = now
            if holds(state) { return }
            if let cause = state.cause { throw StudyError("the stream ended before \(what): \(cause)") }
            guard clock.now < deadline else {
                throw StudyError("\(what) did not come within \(bound.seconds) s")
            }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Reads the last member of an update's JSON (see `OrderUpdate.appendJSON`).
    private static func timestamp(of payload: UnsafeRawBufferPointer) -> Int64? {
        let (text, end) = (30, 2)
        guard payload.count > text + end else { return nil }
        return Timestamp.parse(payload.dropLast(end).suffix(text))
    }
}
