public import ExperimentModel
import ExperimentRunner
import NetworkPaths
import Reporting
import TransportCore

extension Catalog {
    /// The names that an experiment file may use.
    public static var vocabulary: Vocabulary {
        Vocabulary(
            transports: transports.map(\.name.rawValue),
            intervalTransports: Set(transports.filter(\.capabilities.polls).map(\.name.rawValue)),
            protocolVersions: ProtocolVersion.allCases.map(\.rawValue), authSchemes: authSchemes.map(\.profile.name),
            probes: probes.map(\.name), sessionClients: SessionPolicy.names,
            recoveries: RecoveryStrategy.allCases.map(\.rawValue), faults: faults, paths: paths.map(\.name),
            metrics: Metric.compared.map(\.rawValue),
            metricsOfTime: Set(Metric.compared.filter(\.isWait).map(\.rawValue)))
    }
}
