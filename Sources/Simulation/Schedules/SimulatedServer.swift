import Clocks
import OrderUpdates
import TransportCore

/// One order in a real hub, and a plain list of what the order's history is.
///
/// Each update has a serial number of its own, which is its time stamp. What a session is shown is judged by these
/// numbers, and not by the positions that the session itself uses.
struct SimulatedServer {
    static let order = OrderID("o")!

    /// Whether a hub that restarts without the end of its history gets a new epoch, as it must. Tests break this
    /// rule.
    private let renewsEpochs: Bool
    private let history: Int
    private let clock: ManualClock
    private var hub: OrderEventHub
    private var loop: LoopID
    private var collected = Collected()
    private var wakes = Wakes()
    private var nextEpoch: UInt64
    private var nextSerial = 1
    /// The serial numbers of the order's updates, in order.
    private(set) var log: [Int] = []
    /// The last position of each epoch that is over.
    private(set) var pastEnds: [StreamPosition] = []
    private(set) var published = 0

    /// Set by the hub's wake, on the simulation's thread.
    private final class Wakes: @unchecked Sendable {
        // A simulation has one thread.
        var isSignalled = false
    }

    init(history: Int, clock: ManualClock, epoch: UInt64, renewsEpochs: Bool) {
        self.renewsEpochs = renewsEpochs
        self.history = history
        self.clock = clock
        nextEpoch = epoch
        (hub, loop) = Self.start(history, clock, epoch, wakes)
        log.append(takeSerial())
        create(log[0])
    }

    var epoch: UInt64 { hub.order(Self.order)!.position.epoch }
    /// The last position of each epoch.
    var ends: [StreamPosition] { pastEnds + [hub.order(Self.order)!.position] }

    /// Whether the history after the update with this serial number is still complete.
    func keeps(after serial: Int) -> Bool {
        guard let index = log.lastIndex(of: serial) else { return false }
        return index + 1 >= log.count - history
    }

    mutating func publish(_ count: Int = 1) {
        for _ in 0..<count {
            let serial = takeSerial()
            log.append(serial)
            add(serial)
        }
    }

    /// Whether there is something new for those who follow.
    mutating func collect() -> Bool {
        guard wakes.isSignalled else { return false }
        wakes.isSignalled = false
        hub.collect(loop, into: &collected)
        return !collected.entries.isEmpty
    }

    mutating func restart(_ memory: ScheduledFault.Memory, lost: Int) {
        guard memory != .everything else { return }
        // Where there is only the order's creation, nothing can be lost.
        guard memory == .nothing || log.count > 1 else { return }
        let end = hub.order(Self.order)!.position
        if memory == .nothing {
            log = [takeSerial()]
        } else {
            log.removeLast(min(lost, log.count - 1))
        }
        if memory == .nothing || renewsEpochs {
            pastEnds.append(end)
            nextEpoch &+= 1_000
        }
        (hub, loop) = Self.start(history, clock, nextEpoch, wakes)
        create(log[0])
        for serial in log.dropFirst() { add(serial) }
        _ = collect()
    }

    func snapshot() -> (position: StreamPosition, serial: Int) {
        let snapshot = hub.order(Self.order)!
        return (snapshot.position, Self.serial(snapshot.json))
    }

    func read(after position: StreamPosition, limit: Int) -> ReadResult {
        hub.read(Self.order, after: position, limit: limit)
    }

    /// The serial number of an update on the wire: the nanoseconds of its time stamp, which is the last member.
    static func serial(_ json: [UInt8]) -> Int {
        json.suffix(12).prefix(9).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private static func start(
        _ history: Int, _ clock: ManualClock, _ epoch: UInt64, _ wakes: Wakes
    ) -> (OrderEventHub, LoopID) {
        let hub = OrderEventHub(configuration: .init(history: history), clock: clock, epoch: epoch)
        return (hub, hub.attachLoop { wakes.isSignalled = true })
    }

    private mutating func takeSerial() -> Int {
        defer { nextSerial += 1 }
        published += 1
        return nextSerial
    }

    private func create(_ serial: Int) {
        do {
            try hub.create(Self.order, owner: "ada", timestamp: Int64(serial))
            _ = hub.watch(Self.order, loop, token: 0)
        } catch { preconditionFailure("a new hub has no order: \(error)") }
    }

    private func add(_ serial: Int) {
        do {
            try hub.publish(OrderUpdate(orderID: Self.order, status: .created, timestamp: Int64(serial)))
        } catch { preconditionFailure("progress of an order is always allowed: \(error)") }
    }
}
