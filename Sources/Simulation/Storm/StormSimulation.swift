import Clocks
import OrderUpdates
import SeededRandomness
public import TransportCore

/// A storm in virtual time: real session machines, and a server of which only the accepting is simulated.
///
/// An event is an attempt, or a SYN that the client's kernel sends again. What follows from it is known at once,
/// because all clients have the same distance from the server, and its queue is first in, first out.
public struct StormSimulation {
    private let parameters: StormParameters
    private let policy: SessionPolicy
    private let halfTrip: Int64
    private let outageEnd: Int64
    private var machines: [SessionStateMachine]
    private var calendar: EventCalendar<Attempt>
    private var listener: SimulatedListener
    private var recorder = StormRecorder()

    /// The current attempt of a session. Most events need no more than this, and a machine is rarely in the
    /// processor's cache.
    private struct Attempt {
        /// When it is given up, in nanoseconds.
        var deadline = Int64.max
        /// SYNs sent so far.
        var synchronizations: UInt8 = 0
    }

    /// Simulates a storm until all sessions are back or have stopped, or the limit is reached.
    ///
    /// A million sessions take some seconds, and about 300 MB.
    ///
    /// - Parameters:
    ///   - policy: replaces the policy that the parameters name; nil uses that one.
    ///   - progress: called every 65,536 events with the sessions that are back or have stopped, and the seconds
    ///   since the cut.
    public static func run(
        _ parameters: StormParameters, policy: SessionPolicy? = nil,
        progress: (_ finished: Int, _ seconds: Double) -> Void = { _, _ in }
    ) -> SimulatedStorm {
        precondition(parameters.problem == nil, "a storm that cannot be: \(parameters.problem ?? "")")
        var simulation = Self(parameters, policy ?? .named(parameters.policy)!)
        simulation.cut()
        simulation.runOn(progress)
        return simulation.recorder.result(parameters)
    }

    private init(_ parameters: StormParameters, _ policy: SessionPolicy) {
        self.parameters = parameters
        self.policy = policy
        halfTrip = Int64(parameters.roundTripSeconds * 0.5e9)
        outageEnd = Int64(parameters.outageSeconds * 1e9)
        var seeds = SplitMix64(seed: parameters.seed)
        let first = SessionStateMachine(policy, randomSeed: seeds.next())
        machines = (0..<parameters.sessions).map { _ in first.another(randomSeed: seeds.next()) }
        calendar = EventCalendar(sessions: parameters.sessions, note: Attempt())
        listener = SimulatedListener(parameters)
    }

    /// Lets all sessions be live for so long that their backoff is reset, and then cuts their connections.
    private mutating func cut() {
        let before = MonotonicInstant(nanoseconds: -policy.resetAfter.nanoseconds)
        for session in machines.indices {
            _ = machines[session].handle(.start, at: before)
            _ = machines[session].handle(.connected, at: before)
            _ = machines[session].handle(.opened, at: before)
            if let retry = parameters.retryMilliseconds {
                _ = machines[session].handle(.retry(milliseconds: retry), at: before)
            }
            _ = machines[session].handle(.snapshot(StreamPosition(epoch: 1, offset: 1)), at: before)
            let share = Double(session) / Double(machines.count)
            end(session, .failed("reset"), at: Int64(share * parameters.noticeSeconds * 1e9))
        }
    }

    private mutating func runOn(_ progress: (_ finished: Int, _ seconds: Double) -> Void) {
        let limit = Int64(parameters.limitSeconds * 1e9)
        var events: UInt16 = 0
        while let event = calendar.next(), event.time <= limit {
            events &+= 1
            if events == 0 { progress(recorder.back + recorder.stopped, Double(event.time) / 1e9) }
            let session = Int(event.session)
            if calendar[session].synchronizations == 0 {
                _ = machines[session].handle(.timer, at: MonotonicInstant(nanoseconds: event.time))
                recorder.attempt(event.time)
                calendar[session].deadline = machines[session].deadline?.nanoseconds ?? .max
            }
            calendar[session].synchronizations += 1
            connect(session, at: event.time)
        }
    }

    /// The client sends a SYN.
    private mutating func connect(_ session: Int, at time: Int64) {
        let arrival = time + halfTrip
        guard arrival >= outageEnd else { return refuse(session, .failed("reset"), at: arrival + halfTrip) }
        switch listener.arrive(arrival) {
        case .overflow where parameters.overflow == .reset:
            refuse(session, .failed("reset"), at: arrival + halfTrip)
        case .overflow:
            recorder.unanswered += 1
            let again = time + Self.wait(after: calendar[session].synchronizations)
            if again < calendar[session].deadline {
                calendar.insert(UInt32(session), at: again)
            } else {
                timeOut(session)
            }
        case .accepted(let served):
            recorder.accept(served)
            guard let answer = timeOfAnswer(session, arrival, served) else {
                recorder.wasted += 1
                return
            }
            _ = machines[session].handle(.opened, at: MonotonicInstant(nanoseconds: answer))
            _ = machines[session].handle(.heartbeat, at: MonotonicInstant(nanoseconds: answer))
            recorder.back(answer)
        case .refused(let served):
            guard let answer = timeOfAnswer(session, arrival, served) else {
                recorder.wasted += 1
                return
            }
            refuse(session, .refused(status: 503, retryAfter: parameters.retryAfterSeconds), at: answer)
        }
    }

    /// When the client gets the server's answer; nil where it has given up by then. The request is sent once it is
    /// connected.
    private mutating func timeOfAnswer(_ session: Int, _ arrival: Int64, _ served: Int64) -> Int64? {
        let connected = arrival + halfTrip
        let answer = max(served, arrival + 2 * halfTrip) + halfTrip
        let deadline = calendar[session].deadline
        if connected < deadline {
            _ = machines[session].handle(.connected, at: MonotonicInstant(nanoseconds: connected))
        }
        guard answer < deadline else {
            timeOut(session)
            return nil
        }
        return answer
    }

    private mutating func refuse(_ session: Int, _ cause: ClosedCause, at time: Int64) {
        guard time < calendar[session].deadline else { return timeOut(session) }
        recorder.refuse(time)
        end(session, cause, at: time)
    }

    private mutating func timeOut(_ session: Int) {
        let time = calendar[session].deadline
        recorder.timedOut += 1
        recorder.refuse(time)
        _ = machines[session].handle(.timer, at: MonotonicInstant(nanoseconds: time))
        proceed(session)
    }

    private mutating func end(_ session: Int, _ cause: ClosedCause, at time: Int64) {
        _ = machines[session].handle(.closed(cause), at: MonotonicInstant(nanoseconds: time))
        proceed(session)
    }

    /// Waits for the next attempt, if there is one.
    private mutating func proceed(_ session: Int) {
        calendar[session].synchronizations = 0
        guard machines[session].phase != .stopped else {
            recorder.stopped += 1
            return
        }
        calendar.insert(UInt32(session), at: machines[session].deadline!.nanoseconds)
    }

    /// The time from one SYN to the next, by its number from 1: Linux from 6.5 on, with `tcp_syn_linear_timeouts` at
    /// 4.
    private static func wait(after number: UInt8) -> Int64 {
        1_000_000_000 << max(0, min(6, Int64(number) - 5))
    }
}
