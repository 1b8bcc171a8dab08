import AuthStudy
import Authentication
import Catalog
import Clocks
import ExperimentModel
import ExperimentRunner
import FoundationEssentials
import Glibc
import LoadGeneration
import Measurement
import OrderUpdates
import Reporting
import TransportCore

/// A run that is about to start or to be resumed: its folder, its plan, and the remaining trials.
struct PlannedRun: Sendable {
    struct Request {
        var experiment: String?
        var resume: String?
        var out: String
        var filter: [String]
        var seed: UInt64?
        var pins: Bool
        var libraries: [String: String]
    }

    let experiment: Experiment
    let folder: RunFolder
    let plan: TrialPlan
    /// The trials without an observation that the filter matches.
    let trials: [Trial]
    /// The counts when the run began or was resumed.
    let counts: RunCounts
    /// Parts of ids. A cell's id must contain one of them; empty for all cells.
    let filter: [String]
    /// A line that was cut off, whose trial is measured again; nil for none.
    let tornLine: String?
    let isResumed: Bool
    /// As when the run began, whatever is asked for when it is resumed, so that all its trials are comparable.
    let pins: Bool
    /// How the environment differs from that at the beginning of the run.
    let differences: [String]

    init(_ request: Request) throws {
        if let path = request.resume {
            try self.init(resuming: path, request)
        } else {
            try self.init(starting: request.experiment ?? "", request)
        }
    }

    private init(starting path: String, _ request: Request) throws {
        let experiment = try Experiment.load(path, vocabulary: Catalog.vocabulary)
        var generator = SystemRandomNumberGenerator()
        let seed = request.seed ?? experiment.seed ?? TrialPlan.drawSeed(&generator)
        let plan = TrialPlan(experiment, seed: seed)
        let trials = try Self.filtered(plan.trials, request.filter)
        let folder = try RunFolder.create(in: request.out, experiment: experiment.name)
        let yaml = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        try folder.write(experiment: yaml)
        try folder.write(
            RunManifest(
                run: folder.name, experiment, plan: plan,
                startedAt: Timestamp.string(MonotonicClock().unixNanoseconds), pins: request.pins))
        try folder.write(EnvironmentRecord.capture(libraries: request.libraries))
        try folder.markLatest(of: experiment.name)
        (self.experiment, self.folder, self.plan, self.trials) = (experiment, folder, plan, trials)
        counts = RunCounts(planned: plan.trials.count, recorded: 0, selected: trials.count, remaining: trials.count)
        (filter, tornLine, isResumed, pins, differences) = (request.filter, nil, false, request.pins, [])
    }

    private init(resuming path: String, _ request: Request) throws {
        let folder = try RunFolder(existing: path)
        let experiment = try Experiment.load(folder.experimentPath, vocabulary: Catalog.vocabulary)
        let manifest = try folder.manifest()
        let plan = TrialPlan(experiment, seed: manifest.seed)
        let log = try access(folder.observationsPath, F_OK) == 0 ? ObservationLog.read(folder.observationsPath) : nil
        let remaining = try plan.remaining(after: log?.observations ?? [])
        (self.experiment, self.folder, self.plan) = (experiment, folder, plan)
        let selected = try Self.filtered(plan.trials, request.filter)
        trials = Self.matching(remaining, request.filter)
        counts = RunCounts(
            planned: plan.trials.count, recorded: plan.trials.count - remaining.count, selected: selected.count,
            remaining: trials.count)
        (filter, tornLine, isResumed) = (request.filter, log?.torn.map { "\($0)" }, true)
        pins = manifest.pins ?? request.pins
        differences = try EnvironmentRecord.capture(libraries: request.libraries).differences(
            from: folder.environment())
    }

    /// The expected duration of the trials by the clock.
    var expectedSeconds: Double { experiment.expectedSeconds(of: trials) }

    /// Runs the trials, with keys and certificates that exist as long as the run.
    func carryOut(floorFolder: String, observer: any RunObserver) async throws -> RunOutcome {
        let log = try ObservationWriter(path: folder.observationsPath)
        return try await TemporaryFolder.with { temporary in
            let tandem = try Self.ownProgram()
            let credentials = try await credentials(in: temporary)
            let settings = RunSettings(
                tandem: tandem, floorFolder: FloorFolder.find(floorFolder, beside: tandem), pins: pins,
                credentials: credentials,
                capabilities: { Catalog.transport(named: TransportName(rawValue: $0))?.capabilities },
                authSchemes: Catalog.authSchemes.map(\.profile.name),
                probes: Catalog.probes.filter { experiment.probes.contains($0.name) },
                sampleSeconds: experiment.sampleSeconds,
                authRejection: { Catalog.authScheme(named: $0)?.profile.rejection(over: $1, tls: $2) })
            let context = StudyContext(
                experiment: experiment, trials: trials, settings: settings, folder: temporary, results: folder.path,
                seed: plan.seed, observer: observer, publisher: Self.publisher)
            guard let study = try await Catalog.study(experiment.study)?.make(context) else {
                throw CommandFailure(.usage, "no study '\(experiment.study.rawValue)' is registered")
            }
            let identity = RunIdentity(experiment: experiment.name, run: folder.name, seed: plan.seed)
            return try await ExperimentRun(identity, settings, study, observer: observer).run(
                trials, log, until: limit)
        }
    }

    /// Nil where the whole plan is carried out.
    private var limit: RunLimit? {
        guard let primary = experiment.primary else { return nil }
        return RunLimit(after: primary.looks[0], seconds: experiment.budgetSeconds) { [seed = plan.seed] in
            !PrimaryAnalysis(primary, $0, seed: seed).needsMoreBlocks
        }
    }

    private static func publisher(
        to target: LoadSpecification.Target, _ token: String?
    ) throws -> any AcknowledgingPublisher {
        try HTTPPublisher(PublishForm(to: target, token: token), trustedAuthorities: target.trustedAuthorities)
    }

    private func credentials(in folder: TemporaryFolder) async throws -> RunSettings.Credentials {
        let keys = try DevelopmentKeys.create(at: folder.path + "/keys.jwks")
        let issuer = try TokenIssuer(from: .file(keys.keyFile))
        let owner = CredentialKit.owner
        // Longer than any run, because renewal is an experiment of its own.
        let lifetime = Duration.seconds(30 * 86_400)
        return RunSettings.Credentials(
            keySetPath: keys.publicKeyFile ?? keys.keyFile,
            subscriberToken: try issuer.issue(subject: owner, scopes: [.read], lifetime: lifetime),
            publisherToken: try issuer.issue(subject: "publisher", scopes: [.publish], lifetime: lifetime),
            owner: owner,
            client: try await clientCertificate(in: folder))
    }

    /// Nil where no cell uses a client certificate.
    private func clientCertificate(
        in folder: TemporaryFolder
    ) async throws -> RunSettings.Credentials.ClientCertificate? {
        guard experiment.study == .delivery, trials.contains(where: { $0.cell.auth == "mtls" }) else { return nil }
        let kit = try await CredentialKit(in: folder.path + "/kit")
        return .init(authorityPath: kit.clientAuthority, owner: kit.certificate(.good).clientFiles)
    }

    /// The child processes are the running program, whatever PATH and the working folder are.
    static func ownProgram() throws -> String {
        guard let path = realpath("/proc/self/exe", nil) else {
            throw CommandFailure(.environment, "/proc is not mounted, so this program cannot find itself")
        }
        defer { free(path) }
        return String(cString: path)
    }

    private static func matching(_ trials: [Trial], _ filter: [String]) -> [Trial] {
        filter.isEmpty ? trials : trials.filter { trial in filter.contains { trial.cell.id.contains($0) } }
    }

    private static func filtered(_ trials: [Trial], _ filter: [String]) throws -> [Trial] {
        let kept = matching(trials, filter)
        guard !kept.isEmpty else {
            let ids = Set(trials.map(\.cell.id)).sorted()
            throw CommandFailure(
                .usage,
                "no cell's id contains '\(filter.joined(separator: "' or '"))'; there are:\n  "
                    + ids.joined(separator: "\n  "))
        }
        return kept
    }
}
