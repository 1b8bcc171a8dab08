import Clocks
import OrderUpdates
import SeededRandomness
public import TransportCore

/// Sessions, a server and the network between them under one random schedule of faults, in virtual time.
///
/// After the last repair the sessions have `recoveryLimit` to reconnect and to get everything. A session that fails
/// to, or that was shown something out of order, twice, or not at all, is a violation.
public struct ScheduleSimulation<Session: SimulatedSession> {
    struct Client {
        var machine: Session
        var view: SessionView
        /// The index of the connection that it listens to.
        var connection: Int?
        var isFetching = false
        /// The time of its timer that is in the queue.
        var armed: Int64?
        var lastCause: ClosedCause?
    }

    /// A connection, with the state of both ends and of the way between them.
    struct Connection {
        let session: Int
        /// The server's cursor; nil before it has accepted the connection, and after it has ended it.
        var cursor: StreamPosition?
        /// Messages arrive in the order in which they were sent, so none arrives before this time.
        var lastArrival: Int64 = 0
        /// Messages that the reader has not read yet.
        var unread = 0
        var messagesLeft: Int?
        var lastWrite: Int64 = 0
        /// Nothing arrives any more, and neither end is told.
        var isDead = false
        /// What was on its way is lost.
        var isReset = false
    }

    enum Message {
        case connected, opened, retry, positionLost, heartbeat
        case update(StreamPosition, serial: Int)
        case snapshot(StreamPosition, serial: Int)
        case closed(ClosedCause)
    }

    enum Event {
        case start(session: Int)
        case timer(session: Int)
        case publish
        case strike(fault: Int)
        case comeBack(fault: Int)
        /// Once a second, for heartbeats.
        case tick
        case request(connection: Int, after: StreamPosition?)
        case arrival(connection: Int, Message)
        case broken(connection: Int, ClosedCause)
        case fetch(session: Int)
        case fetched(session: Int, StreamPosition?, serial: Int, restarts: Int)
    }

    static var recoveryLimit: Int64 { 240 * FaultSchedule.second }

    let seed: UInt64
    let schedule: FaultSchedule
    let clock = ManualClock()
    var now: Int64 = 0
    var random: SplitMix64
    var queue = BinaryHeap<Timed<Event>>()
    private var sequence = 0
    var server: SimulatedServer
    var clients: [Client]
    var connections: [Connection] = []
    var conditions: NetworkConditions
    /// How often the server has restarted with another history.
    var restarts = 0
    let trace: ((String) -> Void)?

    /// Runs the schedule of a seed.
    ///
    /// - Parameters:
    ///   - renewsEpochs: false breaks the rule that a history without its latest events gets a new epoch.
    ///   - trace: gets each event.
    /// - Throws: the first promise that was broken.
    public static func run(
        seed: UInt64, renewsEpochs: Bool = true, trace: ((String) -> Void)? = nil
    ) throws(ScheduleViolation) -> ScheduleOutcome {
        var simulation = Self(seed, renewsEpochs, trace)
        try simulation.run()
        return simulation.outcome
    }

    private init(_ seed: UInt64, _ renewsEpochs: Bool, _ trace: ((String) -> Void)?) {
        self.seed = seed
        self.trace = trace
        schedule = FaultSchedule(seed: seed)
        random = SplitMix64(seed: ~seed)
        server = SimulatedServer(
            history: schedule.history, clock: clock, epoch: random.next(), renewsEpochs: renewsEpochs)
        clients = schedule.sessions.map {
            Client(machine: Session($0.policy, randomSeed: $0.seed), view: SessionView($0.policy))
        }
        conditions = NetworkConditions(sessions: schedule.sessions.count)
        for (index, session) in schedule.sessions.enumerated() { at(session.start, .start(session: index)) }
        for time in schedule.updates { at(time, .publish) }
        for (index, fault) in schedule.faults.enumerated() { at(fault.start, .strike(fault: index)) }
        at(FaultSchedule.second, .tick)
    }

    private mutating func run() throws(ScheduleViolation) {
        trace?("\(schedule)")
        while !queue.isEmpty {
            let next = queue.removeFirst()
            if next.time > now { clock.advance(by: .nanoseconds(next.time - now)) }
            now = next.time
            if let trace, !next.value.isTick { trace("\(Double(now) / 1e9) \(next.value)") }
            try happen(next.value)
            if server.collect() { try pumpAll() }
            if case .tick = next.value, now > schedule.end, hasRecovered || now > schedule.end + Self.recoveryLimit {
                break
            }
        }
        for (index, client) in clients.enumerated() {
            let hasToHaveAll = client.machine.phase != .stopped && !isHalfOpen(client)
            if let problem = client.view.verdict(server, hasConverged: hasToHaveAll) { throw violation(index, problem) }
            let hasBeenSilent = schedule.faults.contains { $0.kind.silences }
            if client.machine.counters.livenessTimeouts > 0 && !hasBeenSilent {
                throw violation(index, "a connection was taken for dead, and none was")
            }
        }
    }

    private var hasRecovered: Bool {
        clients.allSatisfy { client in
            client.machine.phase == .stopped || isHalfOpen(client)
                || (client.machine.phase == .live && !client.isFetching && client.view.isUpToDate(server))
        }
    }

    /// A native EventSource has nothing that notices a dead connection.
    private func isHalfOpen(_ client: Client) -> Bool {
        guard client.view.policy.livenessTimeout == nil, let connection = client.connection else { return false }
        let isOpen = client.machine.phase == .replaying || client.machine.phase == .live
        return isOpen && connections[connection].isDead
    }

    private var outcome: ScheduleOutcome {
        var outcome = ScheduleOutcome()
        outcome.sessions = clients.count
        outcome.faults = schedule.faults.count
        outcome.updates = server.published
        outcome.virtualSeconds = Double(now) / 1e9
        for client in clients {
            outcome.attempts += Int(client.machine.counters.attempts)
            outcome.positionsLost += Int(client.machine.counters.positionsLost)
            outcome.delivered += client.view.delivered
            if client.machine.phase == .stopped { outcome.stopped += 1 }
            if isHalfOpen(client) { outcome.halfOpen += 1 }
        }
        return outcome
    }

    mutating func at(_ time: Int64, _ event: Event) {
        queue.insert(Timed(time: time, sequence: sequence, value: event))
        sequence += 1
    }

    func violation(_ session: Int, _ what: String) -> ScheduleViolation {
        let config = schedule.sessions[session]
        return ScheduleViolation(
            seed: seed, time: Double(now) / 1e9,
            what: "session \(session) (\(config.name), \(config.policy.recovery.rawValue)): \(what)")
    }
}

extension ScheduleSimulation<SessionStateMachine> {
    /// Runs the schedules of `count` seeds, beginning with `first`, and adds up what happened.
    public static func runAll(from first: UInt64, count: Int) throws(ScheduleViolation) -> ScheduleOutcome {
        var sum = ScheduleOutcome()
        for index in 0..<UInt64(count) { sum += try run(seed: first &+ index) }
        return sum
    }
}

/// A value with a time. Of values at the same time, the one that was added first comes first.
struct Timed<Value>: Comparable {
    var time: Int64
    var sequence: Int
    var value: Value

    static func < (a: Self, b: Self) -> Bool { a.time == b.time ? a.sequence < b.sequence : a.time < b.time }
    static func == (a: Self, b: Self) -> Bool { a.time == b.time && a.sequence == b.sequence }
}

extension ScheduleSimulation.Event {
    fileprivate var isTick: Bool {
        if case .tick = self { true } else { false }
    }
}

extension ScheduledFault.Kind {
    /// Whether a connection may receive nothing for long.
    fileprivate var silences: Bool {
        switch self {
        case .blackHole, .stall: true
        default: false
        }
    }
}
