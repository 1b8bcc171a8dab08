import Clocks
public import ExperimentModel
public import ExperimentRunner
import FoundationEssentials
public import TransportCore

/// A study of auth: tests the scheme of a cell on its transport, and records a vector, never a score.
///
/// A load with updates measures all parts except the cost in CPU, over as many streams as it has connections. A load
/// without updates measures that cost: blocks of as many handshakes or, with a `connectRate`, as many at that rate.
public struct SchemeStudy: TrialStudy {
    public struct Settings: Sendable {
        /// The `tandem` program that serves.
        public var tandem: String
        /// The folder for the trials' files. It must exist.
        public var folder: String
        /// The result folder of the run.
        public var results: String
        /// A subset of `AuthSummary.measures`.
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
    /// The credentials that every trial copies.
    private let kit: CredentialKit
    private let attacks = AttackPool()

    /// Makes the keys and certificates of the trials.
    public init(_ settings: Settings) async throws {
        self.settings = settings
        kit = try await CredentialKit(in: settings.folder + "/kit")
    }

    /// Runs the attacks of all cells. No time is measured meanwhile.
    public func prepare(for trials: [Trial], announce: (String) -> Void) async throws {
        let attacked = trials.filter { $0.isOfStreams && $0.cell.auth != "none" }
        guard settings.measures.contains("attacks"), !attacked.isEmpty else { return }
        announce("attacks on \(attacked.count) cells")
        try await attacks.run(attacked) { [self] trial in
            let folder = settings.folder + "/attacks-\(trial.number)"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let cell = StudyCell(
                study: self, cell: trial.cell, kit: try CredentialKit(copying: kit, in: folder), folder: folder)
            return try await cell.attacks()
        }
    }

    public func measure(_ trial: Trial, _ observation: inout Observation) async throws {
        let clock = MonotonicClock()
        let start = clock.now
        let folder = settings.folder + "/trial-\(trial.number)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cell = StudyCell(
            study: self, cell: trial.cell, kit: try CredentialKit(copying: kit, in: folder), folder: folder)
        if trial.isOfStreams {
            var vector = try await cell.vector()
            vector.attacks = try attacks.results(of: trial.number)
            observation.auth = vector
        } else {
            observation.auth = try await cell.costs()
        }
        observation.measuredSeconds = start.duration(to: clock.now).seconds
    }
}

extension Trial {
    /// Whether the trial measures all parts of the vector except the cost in CPU.
    fileprivate var isOfStreams: Bool { cell.load.updatesPerSecond > 0 }
}
