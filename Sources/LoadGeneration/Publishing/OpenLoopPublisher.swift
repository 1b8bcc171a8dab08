import Clocks
import Measurement
import OrderUpdates
import Synchronization
import Threads

/// Publishes by a schedule on a thread of its own, whatever the server does, and records when each update was written.
final class OpenLoopPublisher: Sendable {
    private let schedule: Pacer
    private let end: MonotonicInstant
    private let orders: [OrderID]
    private let publisher: any UpdatePublisher
    private let recorder: PopulationRecorder
    private let anchor: WallClockAnchor
    /// The smallest difference between two times in payloads, in nanoseconds.
    private let granularity: Int64
    private let clock: any TimeSource
    private let stopped = Atomic(false)
    private let finished = Atomic(false)

    init(
        _ schedule: Pacer, until end: MonotonicInstant, orders: [OrderID], publisher: any UpdatePublisher,
        recorder: PopulationRecorder, anchor: WallClockAnchor, granularity: Int64, clock: some TimeSource
    ) {
        self.schedule = schedule
        self.end = end
        self.orders = orders
        self.publisher = publisher
        self.recorder = recorder
        self.anchor = anchor
        self.granularity = granularity
        self.clock = clock
    }

    /// - Throws: if the thread cannot be created.
    func start() throws(SystemThread.Failure) -> SystemThread { try SystemThread { self.run() } }

    /// Whether the whole schedule has been published. A late publisher is not finished when the schedule ends.
    var isFinished: Bool { finished.load(ordering: .acquiring) }

    /// Ends the schedule early. The thread returns within 20 ms.
    func stop() { stopped.store(true, ordering: .relaxed) }

    private func run() {
        var schedule = schedule
        var sequences = [Int](repeating: 0, count: orders.count)
        let burst = schedule.burst
        schedule.follow(until: end, by: clock, isStopped: { stopped.load(ordering: .relaxed) }) { publication in
            let order = publication.index % orders.count
            let updates = register(order, sequence: sequences[order] + 1, publication)
            publish(updates, order, sequence: sequences[order] + 1)
            sequences[order] += burst
        }
        // Publications that are due but were not sent count as updates that never arrive. Without them the server would
        // look better.
        while let next = schedule.next, next < end, let publication = schedule.take(at: clock.now) {
            let order = publication.index % orders.count
            _ = register(order, sequence: sequences[order] + 1, publication)
            sequences[order] += schedule.burst
        }
        finished.store(true, ordering: .releasing)
    }

    private func register(_ order: Int, sequence: Int, _ publication: Pacer.Publication) -> [OrderUpdate] {
        let intended = anchor.unixNanoseconds(publication.intended)
        let updates = (0..<schedule.burst).map { place in
            // A nanosecond apart, so that its time identifies each update of a burst.
            let time = intended + Int64(place)
            return LoadUpdate.make(
                orders[order], sequence: sequence + place, timestamp: time - time % granularity)
        }
        // Recorded before it is sent, or its first delivery could arrive before its entry.
        recorder.withState { state in
            for (place, update) in updates.enumerated() {
                state.publish(
                    order: order, timestamp: update.timestamp, intended: intended + Int64(place), now: nil)
            }
        }
        return updates
    }

    private func publish(_ updates: [OrderUpdate], _ order: Int, sequence: Int) {
        let first = sequence - 1
        publisher.publish(
            updates, order: orders[order], firstSequence: sequence,
            written: { [recorder, clock] places in
                let now = clock.now.nanoseconds
                recorder.withState {
                    $0.written(order: order, numbers: first + places.lowerBound..<first + places.upperBound, now: now)
                }
            },
            failed: { [recorder] places, failure in
                recorder.withState {
                    $0.failed(
                        order: order, numbers: first + places.lowerBound..<first + places.upperBound, failure)
                }
            })
    }
}
