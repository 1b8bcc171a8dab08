import Clocks
import OrderUpdates
import Synchronization
import TransportCore

/// One session over real connections: its state machine and its log.
final class LiveSession: Sendable {
    private struct State {
        var machine: SessionStateMachine
        var log: SessionLog
        var connection: ConnectionID?
        /// A session that does not read does not check its deadlines either.
        var reads = true
        /// The number of the current connection. Events of earlier connections are ignored.
        var generation = 0
        /// When the deadline thread calls next.
        var scheduled: MonotonicInstant?
    }

    let number: Int
    private let order: Int
    private let population: SessionPopulation.Shared
    private let state: Mutex<State>

    init(_ number: Int, order: Int, machine: SessionStateMachine, _ population: SessionPopulation.Shared) {
        self.number = number
        self.order = order
        self.population = population
        state = Mutex(State(machine: machine, log: SessionLog(judgesWire: population.judgesWire)))
    }

    // MARK: What happens

    func start() { handle(.start) }
    func due() { handle(.timer) }

    /// Passes the machine an input that belongs to no connection.
    private func handle(_ input: SessionInput) {
        state.withLock { state in
            let now = population.clock.now
            if case .timer = input { state.scheduled = nil }
            guard state.reads else { return }
            put(input, now, &state)
        }
    }

    fileprivate func receive(_ event: borrowing ConnectionEvent, generation: Int) {
        let event = copy event
        state.withLock { state in
            guard state.generation == generation else { return }
            let now = population.clock.now
            switch event {
            case .connected:
                state.log.connected(now)
                put(.connected, now, &state)
            case .opened:
                state.log.opened(now, published: population.published(order))
                put(.opened, now, &state)
            case .update(let position, let payload):
                population.delivered(payload, to: number, now)
                // A transport that shows the latest state promises no more. Skipped updates count as covered.
                put(population.showsLatest ? .snapshot(position) : .update(position), now, &state)
            case .snapshot(let position, _): put(.snapshot(position), now, &state)
            case .positionLost: put(.positionLost, now, &state)
            case .heartbeat, .unchanged: put(.heartbeat, now, &state)
            case .retry(let milliseconds): put(.retry(milliseconds: milliseconds), now, &state)
            case .commandResult: break
            case .closed(let cause):
                state.connection = nil
                population.explain(cause)
                if state.log.ended(now, cause) { population.lostConnection() }
                put(.closed(cause), now, &state)
            }
            if state.log.catchesUp(now, with: population.goal(order)) { population.caughtUp() }
        }
    }

    private func put(_ input: SessionInput, _ now: MonotonicInstant, _ state: inout State) {
        let actions = state.machine.handle(input, at: now)
        var isShown = false
        for action in actions {
            switch action {
            case .declareLoss: state.log.positionLost()
            case .deliver: isShown = true
            case .connect, .disconnect, .refetch, .stopped: break
            }
        }
        state.log.note(input, isShown: isShown, now)
        for action in actions { carryOut(action, now, &state) }
        schedule(&state)
    }

    private func carryOut(_ action: SessionAction, _ now: MonotonicInstant, _ state: inout State) {
        switch action {
        case .connect(let position):
            state.generation += 1
            state.log.attempts(now)
            // Under the lock, because the client never calls a handler within `open` (`TransportClient`).
            state.connection = population.client.open(
                population.subscription(number, order: order, after: position),
                handler: SessionConnection(self, generation: state.generation))
        case .disconnect:
            state.generation += 1
            if state.log.ended(now, .byClient) { population.lostConnection() }
            if let connection = state.connection { population.client.close(connection) }
            state.connection = nil
        case .refetch:
            Task { [population, order] in
                let position = await population.fetch(order)
                self.handleRefetched(position)
            }
        case .stopped(let cause):
            state.log.stopped("\(cause)")
            population.stopped()
        case .deliver, .declareLoss: break
        }
    }

    private func handleRefetched(_ position: StreamPosition?) {
        state.withLock { state in
            let now = population.clock.now
            put(.refetched(position), now, &state)
            if state.log.catchesUp(now, with: population.goal(order)) { population.caughtUp() }
        }
    }

    /// A later deadline keeps its earlier entry: when that is due, the session schedules the new one.
    private func schedule(_ state: inout State) {
        guard let deadline = state.machine.deadline else { return }
        if let scheduled = state.scheduled, scheduled <= deadline { return }
        state.scheduled = deadline
        population.deadlines.schedule(number, at: deadline)
    }

    // MARK: What is done to it

    func setReading(_ reads: Bool) {
        state.withLock { state in
            if let connection = state.connection { population.client.setReading(reads, connection) }
            let wakes = reads && !state.reads
            state.reads = reads
            // Events that have waited are read before the deadline is checked, because they count as a sign of life.
            if wakes { put(state.connection == nil ? .timer : .heartbeat, population.clock.now, &state) }
        }
    }

    /// Sets the goal, and checks whether the session has already reached it.
    func reachesGoal(_ goal: [StreamPosition], at: Int64) {
        state.withLock { state in
            state.log.repaired(at)
            if state.log.catchesUp(population.clock.now, with: goal) { population.caughtUp() }
        }
    }

    /// Whether the session needs no more time: it has stopped, or it is connected and has seen everything up to `end`.
    func isQuiescent(_ end: [StreamPosition]) -> Bool {
        state.withLock { $0.machine.phase == .stopped || $0.log.hasSeen(end) }
    }

    var isReady: Bool { state.withLock { $0.log.record.first.whole != nil } }

    /// Ends the session. Its later events are not recorded.
    func stop() {
        state.withLock { state in
            state.log.isClosing = true
            put(.stop, population.clock.now, &state)
        }
    }

    func record(ends: [NodePosition]) -> SessionRecord {
        state.withLock { state in
            var record = state.log.record(ends: ends)
            record.counters = state.machine.counters
            return record
        }
    }
}

/// The handler of one connection of a session.
private final class SessionConnection: ConnectionHandler {
    private let session: LiveSession
    private let generation: Int

    init(_ session: LiveSession, generation: Int) {
        self.session = session
        self.generation = generation
    }

    func connection(_ id: ConnectionID, _ event: borrowing ConnectionEvent) {
        session.receive(event, generation: generation)
    }
}
