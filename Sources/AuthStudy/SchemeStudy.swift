import Clocks
public import ExperimentModel
public import ExperimentRunner
import FoundationEssentials
import Glibc
import OrderUpdates
public import TransportCore

/// A study of auth: puts the scheme of a cell to the test on its transport, and writes down a vector, never a score.
///
/// Loads: one with updates has all parts measured but the cost in CPU, over as many streams as it has connections. One
/// without is about that cost: blocks of as many handshakes or, with a `connectRate`, as many at that rate.
public struct SchemeStudy: TrialStudy {
    public struct Settings: Sendable {
        /// The `tandem` that serves.
        public var tandem: String
        /// For files of trials; it is there already.
        public var folder: String
        /// The result folder of the run.
        public var results: String
        /// Of `AuthSummary.measures`.
        public var measures: Set<String>
        public var transport: @Sendable (TransportName) -> (any ClientTransport)?
        public var profile: @Sendable (_ scheme: String) -> AuthSchemeProfile?
        public init(
            tandem: String, folder: String, results: String, measures: Set<String>,
            transport: @escaping @Sendable (TransportName) -> (any ClientTransport)?,
            profile: @escaping @Sendable (_ scheme: String) -> AuthSchemeProfile?
        ) {
            self.tandem = tandem
            self.folder = folder
            self.results = results
            self.measures = measures
            self.transport = transport
            self.profile = profile
        }
    }

    let settings: Settings
    /// Nil where no cell of the plan uses TLS.
    let certificate: DevelopmentCertificate?
    /// Nil where no cell needs them.
    let clients: DevelopmentClientCertificate?
    /// What attackers have; nil where attacks are not measured.
    let kit: CredentialKit?

    /// Makes the certificates that the trials need.
    public init(_ settings: Settings, for trials: [Trial]) async throws {
        self.settings = settings
        certificate =
            trials.contains { $0.cell.tls } ? try await DevelopmentCertificate.create(in: settings.folder) : nil
        clients =
            trials.contains { $0.cell.auth == "mtls" }
            ? try await DevelopmentClientCertificate.create(in: settings.folder, subject: "alice") : nil
        kit =
            settings.measures.contains("attacks") ? try await CredentialKit(in: settings.folder + "/attackers") : nil
    }

    public func measure(_ trial: Trial, _ observation: inout Observation) async throws {
        let clock = MonotonicClock()
        let start = clock.now
        let folder = settings.folder + "/trial-\(trial.number)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let isOfStreams = trial.cell.load.updatesPerSecond > 0
        let keys = try await StudyKeys.create(in: folder, further: isOfStreams ? [] : try await AlgorithmKeys.make())
        let cell = StudyCell(study: self, cell: trial.cell, keys: keys, folder: folder)
        observation.auth = isOfStreams ? try await cell.vector() : try await cell.costs()
        observation.measuredSeconds = start.duration(to: clock.now).seconds
    }
}
