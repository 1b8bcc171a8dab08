import Clocks
import OrderUpdates
import Synchronization
import TransportCore

/// Records the events of a population. Its state is guarded by one lock, which is held for about 100 ns.
///
/// A client normally has one loop thread, so the lock is nearly always free. The publisher takes it for each
/// publication, and the run for its progress.
final class PopulationRecorder: Sendable {
    /// The number of connections by state.
    struct Connections {
        /// Open, and with a first event if one is expected.
        var ready = 0
        /// Ended before they were ready.
        var failed = 0
        /// Ended too early, after they were ready.
        var ended = 0
        var slowEnded = 0
        /// The first connection that failed or ended: its number from 0, the cause, and whether it was ready before.
        var first: (number: Int, cause: ClosedCause, wasReady: Bool)?
    }

    fileprivate struct Guarded {
        var state: PopulationState
        let digestedUpdates: Int
        var parser = TimestampParser()
        var connections = Connections()
        /// The digest of the first subscriber's first updates.
        var digest = PayloadDigest()
        /// Whether the population closes its connections itself.
        var isClosing = false
    }

    private let clock: any TimeSource
    private let reading: PayloadReading
    private let expectsSnapshot: Bool
    private let guarded: Mutex<Guarded>

    /// - Parameter digestedUpdates: the number of the first subscriber's updates in the digest.
    init(
        state: PopulationState, reading: PayloadReading, expectsSnapshot: Bool, digestedUpdates: Int,
        clock: some TimeSource
    ) {
        self.clock = clock
        self.reading = reading
        self.expectsSnapshot = expectsSnapshot
        guarded = Mutex(Guarded(state: state, digestedUpdates: digestedUpdates))
    }

    var connections: Connections { guarded.withLock { $0.connections } }
    var deliveries: Int64 { guarded.withLock { $0.state.deliveries } }
    /// Nil if fewer updates arrived than the digest needs.
    var digest: String? {
        guarded.withLock {
            $0.digestedUpdates > 0 && $0.digest.payloads == $0.digestedUpdates ? $0.digest.description : nil
        }
    }
    /// The number of events of slow readers, closed connections included.
    var slowEvents: Int { guarded.withLock { $0.state.slowEvents } }
    var isDrained: Bool { guarded.withLock { $0.state.isDrained } }
    var window: Range<Int64>? { guarded.withLock { $0.state.window } }

    func withState<T: Sendable>(_ body: (inout sending PopulationState) -> T) -> T {
        guarded.withLock { body(&$0.state) }
    }

    func willOpen(_ subscriber: Int) {
        let now = clock.now.nanoseconds
        guarded.withLock {
            $0.state.views[subscriber].openedAt = now
            $0.state.views[subscriber].changedAt = now
        }
    }

    func willClose() { guarded.withLock { $0.isClosing = true } }

    func record(_ event: borrowing ConnectionEvent, of subscriber: Int) {
        let now = clock.now.nanoseconds
        guarded.withLock { $0.record(copy event, of: subscriber, now: now, reading, expectsSnapshot) }
    }
}

extension PopulationRecorder.Guarded {
    fileprivate mutating func record(
        _ event: ConnectionEvent, of subscriber: Int, now: Int64, _ reading: PayloadReading, _ expectsSnapshot: Bool
    ) {
        if subscriber >= state.readers { state.slowEvents += 1 }
        switch event {
        case .connected, .retry:
            break
        case .opened:
            if !expectsSnapshot { becomeReady(subscriber) }
        case .update(let position, let payload):
            state.firstEvent(subscriber, now: now)
            becomeReady(subscriber)
            state.answer(now: now)
            if subscriber == 0, digest.payloads < digestedUpdates { digest.add(payload) }
            state.update(subscriber, reading.read(payload, &parser), offset: position?.offset, now: now)
        case .snapshot(let position, let payload):
            state.firstEvent(subscriber, now: now)
            becomeReady(subscriber)
            state.answer(now: now)
            state.snapshot(subscriber, reading.read(payload, &parser), offset: position?.offset, now: now)
        case .positionLost:
            state.positionLost(subscriber)
        case .heartbeat:
            state.heartbeat(now: now)
        case .unchanged:
            becomeReady(subscriber)
            state.answer(now: now)
        case .commandResult:
            break
        case .closed(let cause):
            close(subscriber, cause)
        }
    }

    private mutating func becomeReady(_ subscriber: Int) {
        guard !state.views[subscriber].isConnected else { return }
        state.views[subscriber].isConnected = true
        connections.ready += 1
    }

    private mutating func close(_ subscriber: Int, _ cause: ClosedCause) {
        guard !isClosing else { return }
        let wasReady = state.views[subscriber].isConnected
        if !wasReady {
            connections.failed += 1
        } else if subscriber < state.readers {
            connections.ended += 1
        } else {
            connections.slowEnded += 1
            return
        }
        if connections.first == nil { connections.first = (subscriber, cause, wasReady) }
    }
}
