import Synchronization
import TransportCore

/// The counters of one loop. Its thread writes them, and any thread may read them.
final class ServerCounters: Sendable {
    let connections = Atomic<Int>(0)
    let streams = Atomic<Int>(0)
    let streamsEnded = Atomic<Int>(0)
    let heldAnswers = Atomic<Int>(0)
    /// Requests whose answers other threads produce.
    let awaitedAnswers = Atomic<Int>(0)
    let subscribers = Atomic<Int>(0)
    let accepted = Atomic<Int>(0)
    let delivered = Atomic<Int>(0)
    let heartbeats = Atomic<Int>(0)
    let positionsLost = Atomic<Int>(0)
    let slowConsumersCut = Atomic<Int>(0)
    let refused = Atomic<Int>(0)
    let requests = Atomic<Int>(0)

    func add(to total: inout ServerStatistics) {
        total.connections += connections.load(ordering: .relaxed)
        total.streamsEnded += streamsEnded.load(ordering: .relaxed)
        total.subscribers += subscribers.load(ordering: .relaxed)
        total.accepted += accepted.load(ordering: .relaxed)
        total.delivered += delivered.load(ordering: .relaxed)
        total.heartbeats += heartbeats.load(ordering: .relaxed)
        total.positionsLost += positionsLost.load(ordering: .relaxed)
        total.slowConsumersCut += slowConsumersCut.load(ordering: .relaxed)
        total.refused += refused.load(ordering: .relaxed)
        total.requests += requests.load(ordering: .relaxed)
    }
}

extension Atomic where Value == Int {
    /// For a counter with a single writer.
    func count(_ difference: Int = 1) {
        wrappingAdd(difference, ordering: .relaxed)
    }
}
