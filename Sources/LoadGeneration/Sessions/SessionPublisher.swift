public import Clocks
import Measurement
public import OrderUpdates
import Synchronization
public import Threads

/// Publishes to the orders of sessions by a schedule, whatever the server does, and records what is acknowledged. If
/// there are several servers, each gets every update, as from a bus.
///
/// It belongs in another process than the sessions, because a fault that suspends the client must not suspend the
/// publisher.
public final class SessionPublisher: Sendable {
    public struct Counts: Hashable, Sendable {
        public var sent = 0
        public var acknowledged = 0
        /// Publications that were refused or not answered, as is normal while a server is down.
        public var unanswered = 0
        /// The cause of the first of these.
        public var firstCause: String?
    }

    private let orders: [OrderID]
    private let nodes: [any AcknowledgingPublisher]
    private let log: AcknowledgementWriter
    private let clock: any TimeSource
    private let anchor: WallClockAnchor
    private let counts = Mutex(Counts())
    private let isStopped = Atomic(false)

    public init(
        to orders: [OrderID], over nodes: [any AcknowledgingPublisher], log: AcknowledgementWriter,
        clock: some TimeSource = MonotonicClock()
    ) {
        self.orders = orders
        self.nodes = nodes
        self.log = log
        self.clock = clock
        anchor = WallClockAnchor(clock)
    }

    public var now: Counts { counts.withLock { $0 } }

    /// Publishes on a thread of its own until `stop`.
    /// - Throws: if the thread cannot be created.
    public func start(updatesPerSecond: Double) throws(SystemThread.Failure) -> Running {
        let schedule = Pacer(start: clock.now.advanced(by: .milliseconds(5)), updatesPerSecond: updatesPerSecond)
        return Running(publisher: self, thread: try SystemThread { self.run(schedule) })
    }

    /// A running schedule. `stop` must be called exactly once.
    public struct Running: Sendable {
        let publisher: SessionPublisher
        let thread: SystemThread

        /// Ends the schedule, and waits at most for `patience` for the answers that are still due.
        public func stop(patience: Duration) async {
            publisher.isStopped.store(true, ordering: .relaxed)
            await thread.joined()
            let deadline = ContinuousClock.now + patience
            while publisher.now.sent > publisher.now.acknowledged + publisher.now.unanswered,
                ContinuousClock.now < deadline
            {
                try? await Task.sleep(for: .milliseconds(2))
            }
        }
    }

    private func run(_ schedule: Pacer) {
        var schedule = schedule
        var sequences = [Int](repeating: 0, count: orders.count)
        schedule.follow(by: clock, isStopped: { isStopped.load(ordering: .relaxed) }) { publication in
            let order = publication.index % orders.count
            sequences[order] += 1
            publish(order, sequence: sequences[order], intended: publication.intended)
        }
    }

    private func publish(_ order: Int, sequence: Int, intended: MonotonicInstant) {
        let update = LoadUpdate.make(
            orders[order], sequence: sequence, timestamp: anchor.unixNanoseconds(intended))
        counts.withLock { $0.sent += nodes.count }
        for (node, publisher) in nodes.enumerated() {
            publisher.publish(update) { [self] in note($0, of: order, by: node) }
        }
    }

    private func note(_ answer: PublicationAnswer, of order: Int, by node: Int) {
        switch answer {
        case .accepted(let position?):
            log.append(AcknowledgedUpdate(order: order, position: position, at: clock.now.nanoseconds, node: node))
            counts.withLock { $0.acknowledged += 1 }
        case .accepted(nil): noteUnanswered("an answer without a position")
        case .refused(_, let cause), .unknown(let cause): noteUnanswered(cause)
        }
    }

    private func noteUnanswered(_ cause: String) {
        counts.withLock { counts in
            counts.unanswered += 1
            if counts.firstCause == nil { counts.firstCause = cause }
        }
    }
}
