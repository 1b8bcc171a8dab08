import Clocks
import OrderUpdates
import Simulation
import TransportCore

/// A session that is broken on purpose in one way: what it is told, or what it asks for, is not what the machine meant.
protocol BrokenSession: SimulatedSession {
    var machine: SessionStateMachine { get set }
}

extension BrokenSession {
    var phase: SessionStateMachine.Phase { machine.phase }
    var deadline: MonotonicInstant? { machine.deadline }
    var counters: SessionCounters { machine.counters }
}

/// A heartbeat moves its cursor by one, as where control messages bear ids.
struct MovesCursorOnHeartbeat: BrokenSession {
    var machine: SessionStateMachine
    private var heartbeats: UInt64 = 0

    init(_ policy: SessionPolicy, randomSeed: UInt64) { machine = SessionStateMachine(policy, randomSeed: randomSeed) }

    mutating func handle(_ input: SessionInput, at now: MonotonicInstant) -> SessionActions {
        switch input {
        case .heartbeat: heartbeats = 1
        case .update, .snapshot: heartbeats = 0
        default: break
        }
        return SessionActions(
            machine.handle(input, at: now).map { action in
                guard case .connect(let cursor?) = action else { return action }
                return .connect(after: StreamPosition(epoch: cursor.epoch, offset: cursor.offset + heartbeats))
            })
    }
}

/// An attempt that fails costs it the cursor (FIELD, pain 17), and it takes the snapshot without a word.
struct ForgetsCursorOnFailure: BrokenSession {
    var machine: SessionStateMachine
    private var hasFailed = false

    init(_ policy: SessionPolicy, randomSeed: UInt64) { machine = SessionStateMachine(policy, randomSeed: randomSeed) }

    mutating func handle(_ input: SessionInput, at now: MonotonicInstant) -> SessionActions {
        if case .closed = input, !machine.isOpen { hasFailed = true }
        let forgets = hasFailed
        if case .snapshot = input { hasFailed = false }
        return SessionActions(
            machine.handle(input, at: now).compactMap { action in
                switch action {
                case .connect: forgets ? .connect(after: nil) : action
                case .declareLoss: forgets ? nil : action
                default: action
                }
            })
    }
}

/// It shows every update that comes, whether it has it or not.
struct KeepsOldUpdates: BrokenSession {
    var machine: SessionStateMachine

    init(_ policy: SessionPolicy, randomSeed: UInt64) { machine = SessionStateMachine(policy, randomSeed: randomSeed) }

    mutating func handle(_ input: SessionInput, at now: MonotonicInstant) -> SessionActions {
        let actions = machine.handle(input, at: now)
        guard case .update = input, actions.isEmpty, machine.policy.recovery != .refetch else { return actions }
        return SessionActions([.deliver])
    }
}

/// It takes the snapshot after a lost position, and tells nobody.
struct HidesLosses: BrokenSession {
    var machine: SessionStateMachine

    init(_ policy: SessionPolicy, randomSeed: UInt64) { machine = SessionStateMachine(policy, randomSeed: randomSeed) }

    mutating func handle(_ input: SessionInput, at now: MonotonicInstant) -> SessionActions {
        SessionActions(machine.handle(input, at: now).filter { $0 != .declareLoss })
    }
}

/// It fetches first and listens then: what comes while a GET is on its way is not fetched.
struct FetchesOnce: BrokenSession {
    var machine: SessionStateMachine
    private var isFetching = false

    init(_ policy: SessionPolicy, randomSeed: UInt64) { machine = SessionStateMachine(policy, randomSeed: randomSeed) }

    mutating func handle(_ input: SessionInput, at now: MonotonicInstant) -> SessionActions {
        if case .update = input, isFetching { return SessionActions([]) }
        if case .refetched = input { isFetching = false }
        let actions = machine.handle(input, at: now)
        if actions.contains(.refetch) { isFetching = true }
        return actions
    }
}

/// It believes that a connection that is open is alive.
struct NeverGivesUpConnections: BrokenSession {
    var machine: SessionStateMachine

    init(_ policy: SessionPolicy, randomSeed: UInt64) { machine = SessionStateMachine(policy, randomSeed: randomSeed) }

    mutating func handle(_ input: SessionInput, at now: MonotonicInstant) -> SessionActions {
        if case .timer = input, machine.isOpen { return SessionActions([]) }
        return machine.handle(input, at: now)
    }

    var deadline: MonotonicInstant? { machine.isOpen ? nil : machine.deadline }
}

/// It comes back whatever the server says.
struct NeverStops: BrokenSession {
    var machine: SessionStateMachine

    init(_ policy: SessionPolicy, randomSeed: UInt64) {
        var policy = policy
        if policy.model == .fetch { policy.stopsWhenRefused = false }
        machine = SessionStateMachine(policy, randomSeed: randomSeed)
    }

    mutating func handle(_ input: SessionInput, at now: MonotonicInstant) -> SessionActions {
        machine.handle(input, at: now)
    }
}
