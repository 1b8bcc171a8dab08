import Clocks
import OrderUpdates
import TransportCore

/// A session and the time it is told.
struct SessionBench {
    private(set) var machine: SessionStateMachine
    private(set) var now = MonotonicInstant(nanoseconds: 1_000_000_000_000)

    init(_ policy: SessionPolicy, seed: UInt64 = 1) {
        machine = SessionStateMachine(policy, randomSeed: seed)
    }

    init(
        _ name: String, _ recovery: RecoveryStrategy = .replayOrSnapshot,
        change: (inout SessionPolicy) -> Void = { _ in }
    ) {
        var policy = SessionPolicy.named(name, recovery: recovery)!
        change(&policy)
        self.init(policy)
    }

    /// What is left of the wait.
    var wait: Duration? { machine.deadline.map { now.duration(to: $0) } }

    @discardableResult
    mutating func put(_ input: SessionInput, after delay: Duration = .zero) -> [SessionAction] {
        now = now.advanced(by: delay)
        return Array(machine.handle(input, at: now))
    }

    /// Lets the time come that the session waits for.
    @discardableResult
    mutating func awaitTimer() -> [SessionAction] { put(.timer, after: wait ?? .zero) }

    /// Accepted, and nothing has come yet.
    mutating func open() {
        if machine.phase == .waiting && machine.counters.attempts == 0 { put(.start) }
        if machine.phase == .waiting { awaitTimer() }
        put(.connected)
        put(.opened)
    }

    /// Live, with the state at `position`.
    mutating func goLive(at position: StreamPosition) {
        open()
        put(.snapshot(position))
    }
}

/// Position `offset` of the epoch that most tests have.
func at(_ offset: UInt64, epoch: UInt64 = 7) -> StreamPosition { StreamPosition(epoch: epoch, offset: offset) }
