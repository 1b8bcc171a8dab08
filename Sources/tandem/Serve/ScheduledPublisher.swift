import Clocks
import Glibc
import LoadGeneration
import Measurement
import OrderUpdates
import Synchronization
import Threads
import TransportCore
import Transports

/// Publishes by a schedule on a thread of the server, as the orchestrator of the original system does.
///
/// It is an open loop: a late publication is sent at once, with the time at which it was due. The floor server
/// publishes in the same way, so that a comparison shows the cost of delivery alone.
final class ScheduledPublisher: Sendable {
    struct Outcome: Sendable {
        var published: Int
        var delivered: Int
        var seconds: Double
        var user: Double
        var system: Double

        var text: String {
            "published \(published) updates in \(LoadSummary.decimals(seconds, 1)) s: \(delivered) deliveries"
        }

        var json: String {
            "{\"event\":\"published\",\"published\":\(published),\"delivered\":\(delivered),\"seconds\":\(seconds),"
                + "\"cpuUser\":\(user),\"cpuSystem\":\(system)}"
        }
    }

    private let schedule: PublishSchedule
    private let hub: OrderEventHub
    private let server: SocketServer
    private let orders: [OrderID]
    private let lives: OrderLives
    private let isCancelled = Atomic<Bool>(false)
    private let clock = MonotonicClock()

    init(_ schedule: PublishSchedule, hub: OrderEventHub, server: SocketServer, prefix: String, owner: Subject) {
        self.schedule = schedule
        self.hub = hub
        self.server = server
        orders = (0..<schedule.orders).compactMap { OrderID("\(prefix)\($0)") }
        lives = OrderLives(orders, prefix: prefix, owner: owner)
    }

    /// Calls `done` on the publisher's thread, unless the schedule is cancelled.
    /// - Throws: if the thread cannot be created.
    func start(_ done: @escaping @Sendable (Outcome) -> Void) throws(SystemThread.Failure) {
        try SystemThread { self.run().map(done) }.detach()
    }

    func cancel() { isCancelled.store(true, ordering: .relaxed) }

    private var isOver: Bool { isCancelled.load(ordering: .relaxed) }

    /// Nil if the schedule was cancelled.
    private func run() -> Outcome? {
        while server.statistics.subscribers < schedule.wait, !isOver { usleep(2_000) }
        usleep(200_000)
        let before = ProcessTime.now
        let deliveredBefore = server.statistics.delivered
        let start = clock.now
        let wallOffset = clock.unixNanoseconds - start.nanoseconds
        let published = schedule.flood ? flood(start, wallOffset) : follow(start, wallOffset)
        guard !isOver else { return nil }
        let after = ProcessTime.now
        return Outcome(
            published: published, delivered: server.statistics.delivered - deliveredBefore,
            seconds: start.duration(to: clock.now).seconds, user: after.user - before.user,
            system: after.system - before.system)
    }

    private func follow(_ start: MonotonicInstant, _ wallOffset: Int64) -> Int {
        var pacer = Pacer(start: start, updatesPerSecond: schedule.rate, burst: schedule.burst)
        let before = server.statistics.delivered
        var lives = lives
        var count = 0
        let end = schedule.seconds.map { start.advanced(by: .nanoseconds(Int64($0 * 1e9))) }
        pacer.follow(until: end, by: clock, isStopped: { isOver }) { publication in
            let timestamp = publication.intended.nanoseconds + wallOffset
            if schedule.lives {
                lives.step(publication.index % orders.count, in: hub, at: timestamp)
            } else {
                publish(publication.index, timestamp)
            }
            count += 1
        }
        let expected = before + count * schedule.burst * server.statistics.subscribers / schedule.orders
        if !isOver { _ = server.awaitDelivered(expected, within: .seconds(10)) }
        return count * schedule.burst
    }

    private func flood(_ start: MonotonicInstant, _ wallOffset: Int64) -> Int {
        let end = schedule.seconds.map { start.nanoseconds + Int64($0 * 1e9) } ?? .max
        var index = 0
        var expected = server.statistics.delivered
        while clock.now.nanoseconds < end, !isOver {
            publish(index, clock.now.nanoseconds + wallOffset)
            index += 1
            expected += schedule.burst * server.statistics.subscribers / schedule.orders
            guard server.awaitDelivered(expected, within: .seconds(10)) else { break }
        }
        return index * schedule.burst
    }

    private func publish(_ index: Int, _ timestamp: Int64) {
        let order = orders[index % orders.count]
        let step = index / orders.count * schedule.burst
        func update(_ number: Int) -> OrderUpdate {
            OrderUpdate(
                orderID: order, status: .activating, stage: "provisioning", message: "step \(step + number + 1)",
                source: "bench", timestamp: timestamp)
        }
        if schedule.burst == 1 {
            _ = try? hub.publish(update(0))
        } else {
            hub.publish((0..<schedule.burst).lazy.map(update))
        }
    }
}

/// Processor time of this process, in seconds.
struct ProcessTime {
    var user: Double
    var system: Double

    static var now: ProcessTime {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return ProcessTime(user: seconds(usage.ru_utime), system: seconds(usage.ru_stime))
    }
}
