import Clocks
import ExperimentModel
import ExperimentRunner

/// Carries out the plan of a trial: the proxy's steps in the proxy, the runner's steps here, on one time line.
package struct FaultRun {
    /// The times of the faults, in nanoseconds of the monotonic clock.
    package struct Times: Hashable, Sendable {
        /// The first step began.
        package var began: Int64
        /// Everything was repaired.
        package var repaired: Int64

        package init(began: Int64, repaired: Int64) {
            self.began = began
            self.repaired = repaired
        }
    }

    private enum Moment {
        case begin, end
    }

    let plan: FaultPlan
    private let real: [(step: FaultStep, fault: any RunnerFault)]
    private let clock = MonotonicClock()

    init(_ plan: FaultPlan, faults: [any RunnerFault.Type]) {
        self.plan = plan
        real = plan.steps.compactMap { step in
            guard let type = faults.first(where: { $0.profile.name == step.fault }) else { return nil }
            return (step, type.init(FaultParameters(step, type.profile)))
        }
    }

    /// The steps for the proxy; none where it is not needed.
    var ofProxy: FaultPlan {
        let names = Set(real.map(\.step.fault))
        return FaultPlan(name: plan.name, steps: plan.steps.filter { !names.contains($0.fault) })
    }

    /// Whether any step is repaired. If none is, its peers are gone for good.
    var lasts: Bool { plan.steps.contains { $0.for != nil } }

    var failsServer: Bool { real.contains { type(of: $0.fault).failsServer } }

    /// Why the plan cannot be carried out; nil where it can.
    var rejection: String? {
        for (step, fault) in real {
            if let reason = type(of: fault).rejection { return reason }
            if step.for == nil, !type(of: fault).mayStay {
                return "'\(step.fault)' must be repaired within the trial: give it 'for'"
            }
        }
        return nil
    }

    /// How many of the sessions the plan's faults hit.
    func affectedSessions(of sessions: Int) -> Int {
        real.map { $0.fault.affectedSessions(of: sessions) }.min() ?? sessions
    }

    /// Returns once everything is repaired that the plan repairs.
    func carryOut(_ stage: FaultStage, _ proxy: FaultProxyProcess?) async throws -> Times {
        var start = clock.now.nanoseconds
        if let proxy, !ofProxy.steps.isEmpty { start = try await proxy.follow(ofProxy) }
        var first = start + Int64((plan.steps.first?.at ?? 0) * 1e9)
        var repaired = start + Int64(plan.repairedAfter * 1e9)
        for (at, moment, fault) in moments {
            try await sleep(until: start + Int64(at * 1e9))
            switch moment {
            case .begin:
                if ofProxy.steps.isEmpty, at == plan.steps.first?.at { first = clock.now.nanoseconds }
                try await fault.begin(stage)
            case .end:
                try await fault.end(stage)
                repaired = max(repaired, clock.now.nanoseconds)
            }
        }
        try await sleep(until: repaired)
        return Times(began: first, repaired: repaired)
    }

    private var moments: [(at: Double, Moment, any RunnerFault)] {
        var all: [(at: Double, Moment, any RunnerFault)] = []
        for (step, fault) in real {
            all.append((step.at, .begin, fault))
            if let seconds = step.for { all.append((step.at + seconds, .end, fault)) }
        }
        return all.sorted { $0.at < $1.at }
    }

    private func sleep(until nanoseconds: Int64) async throws {
        let rest = nanoseconds - clock.now.nanoseconds
        if rest > 0 { try await Task.sleep(for: .nanoseconds(rest)) }
    }
}
