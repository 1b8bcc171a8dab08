public import ExperimentModel
import ExperimentRunner
import TransportCore

extension Catalog {
    /// The names that an experiment file may use.
    public static var vocabulary: Vocabulary {
        Vocabulary(
            transports: transports.map(\.name.rawValue),
            intervalTransports: Vocabulary.standard.intervalTransports,
            protocolVersions: ProtocolVersion.allCases.map(\.rawValue), authSchemes: authSchemes,
            probes: probes.map(\.name))
    }
}
