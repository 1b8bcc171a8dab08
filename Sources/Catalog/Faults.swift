public import ExperimentModel
package import FaultInjection
import ReconnectionStudy

extension Catalog {
    /// The faults of the proxy, in the order of lists. A new one adds its line here, and its file under
    /// `Sources/FaultInjection/Faults`.
    package static let proxyFaults: [any Fault.Type] = distinct([
        LatencyFault.self,
        JitterFault.self,
        BandwidthFault.self,
        SlicingFault.self,
        ResetFault.self,
        FinFault.self,
        HalfCloseFault.self,
        BlackHoleFault.self,
        ByteLimitFault.self,
        CutHandshakeFault.self,
        CutHeadersFault.self,
        CutReplayFault.self,
        StripUpgradeFault.self,
        Silent101Fault.self,
        BufferResponseFault.self,
        IdleCutFault.self,
        RespondFault.self,
        SlowAcceptFault.self,
    ])

    /// All faults that an experiment may name: the proxy's and the runner's.
    public static let faults: [FaultProfile] = {
        let all = proxyFaults.map { $0.profile } + runnerFaults.map { $0.profile }
        precondition(Set(all.map(\.name)).count == all.count, "two faults have one name")
        return all
    }()

    /// Traps where two faults have the same name, because a plan could not tell which one it means.
    package static func distinct(_ faults: [any Fault.Type]) -> [any Fault.Type] {
        var names: Set<String> = []
        for fault in faults {
            precondition(names.insert(fault.profile.name).inserted, "'\(fault.profile.name)' is registered twice")
        }
        return faults
    }
}
