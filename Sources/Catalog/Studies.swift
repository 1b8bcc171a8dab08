import AuthStudy
import CapacityStudy
public import ExperimentModel
public import ExperimentRunner
import ReconnectionStudy
import TransportCore

extension Catalog {
    /// The studies, by the names in experiments. A new one adds its line here.
    public static let studies: [StudyRegistration] = distinct([
        StudyRegistration(.delivery, "deliver updates to a population, and time them") {
            DeliveryStudy($0.settings, in: $0.folder, seed: $0.seed, observer: $0.observer)
        },
        StudyRegistration(.auth, "put the auth scheme of a server to the test") { context in
            try await SchemeStudy(
                SchemeStudy.Settings(
                    tandem: context.settings.tandem, folder: context.folder.path, results: context.results,
                    measures: Set(context.experiment.probes), transport: { transport(named: $0)?.client },
                    profile: { authScheme(named: $0)?.profile }))
        },
        StudyRegistration(.reconnection, "break the connections of sessions by a fault, and follow how they come back")
        {
            FaultStudy(try await sessions($0))
        },
        StudyRegistration(.storm, "cut many sessions at once") {
            StormStudy(try await sessions($0), simulatedAcceptRate: $0.experiment.simulatedAcceptRate)
        },
        StudyRegistration(.drain, "drain a server with open streams") { DrainStudy(try await sessions($0)) },
        StudyRegistration(.proxies, "put what stands between client and server in the way") {
            PathStudy(try await sessions($0))
        },
        StudyRegistration(.capacity, "deliver and hold as much as the machine allows, in turn with the floor") {
            await EngineStudy($0.settings, in: $0.folder, trials: $0.trials)
        },
    ])

    /// The study of an experiment.
    public static func study(_ study: Experiment.Study) -> StudyRegistration? { studies.first { $0.study == study } }

    private static func sessions(_ context: StudyContext) async throws -> SessionStudySettings {
        SessionStudySettings(
            tandem: context.settings.tandem, folder: context.folder, credentials: context.settings.credentials,
            capabilities: context.settings.capabilities, publisher: context.publisher, faults: runnerFaults,
            profiles: faults, paths: paths,
            certificate: context.trials.contains { $0.cell.tls }
                ? try await DevelopmentCertificate.create(in: context.folder.path) : nil,
            seed: context.seed)
    }

    /// Traps where two studies have the same name, because an experiment could not tell which one it means.
    package static func distinct(_ studies: [StudyRegistration]) -> [StudyRegistration] {
        var names: Set<Experiment.Study> = []
        for study in studies {
            precondition(names.insert(study.study).inserted, "the study '\(study.study.rawValue)' is registered twice")
        }
        return studies
    }
}
