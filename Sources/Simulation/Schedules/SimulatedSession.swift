public import Clocks
public import TransportCore

/// A session that a schedule drives: the session machine or, in a test, one that is broken on purpose.
public protocol SimulatedSession {
    init(_ policy: SessionPolicy, randomSeed: UInt64)
    var phase: SessionStateMachine.Phase { get }
    var deadline: MonotonicInstant? { get }
    var counters: SessionCounters { get }
    mutating func handle(_ input: SessionInput, at now: MonotonicInstant) -> SessionActions
}

extension SessionStateMachine: SimulatedSession {}
