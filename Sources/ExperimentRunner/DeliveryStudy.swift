public import ExperimentModel
import Glibc
import LoadGeneration
import Measurement
import Synchronization
import TransportCore

/// The study of delivery: updates are delivered to a population, and timed. Server and load generator are processes
/// of their own, which start and end with the trial.
public final class DeliveryStudy: TrialStudy {
    /// So few that a floor reaches them within a warm-up, even with the slowest schedule.
    private static let fairnessUpdates = 4

    private let settings: RunSettings
    private let folder: TemporaryFolder
    private let seed: UInt64
    private let observer: any RunObserver
    private let prepared = Mutex(Prepared())

    private struct Prepared {
        /// Nil where no cell of the plan needs one.
        var certificate: DevelopmentCertificate?
        /// The measuring client's own latency, by load.
        var clientFloors: [String: Int64] = [:]
    }

    /// - Parameters:
    ///   - folder: for certificates; it is removed after the run.
    ///   - seed: the seed of the run.
    public init(_ settings: RunSettings, in folder: TemporaryFolder, seed: UInt64, observer: any RunObserver) {
        self.settings = settings
        self.folder = folder
        self.seed = seed
        self.observer = observer
    }

    public func prepare(for trials: [Trial], announce: (String) -> Void) async throws {
        let certificate =
            trials.contains { $0.cell.tls } ? try await DevelopmentCertificate.create(in: folder.path) : nil
        prepared.withLock { $0.certificate = certificate }
        var seen: Set<String> = []
        for trial in trials where seen.insert(trial.cell.load.name).inserted {
            observer.observe(.calibrating(load: trial.cell.load.name))
            let floor = try await ClientCalibration(settings: settings).floor(of: trial.cell.load)
            prepared.withLock { $0.clientFloors[trial.cell.load.name] = floor }
        }
    }

    /// The study's own result, and the probes of the experiment.
    private var probes: [any Probe] { [DeliveryProbe()] + settings.probes }

    private var certificate: DevelopmentCertificate? { prepared.withLock { $0.certificate } }

    public func measure(_ trial: Trial, _ observation: inout Observation) async throws {
        let (result, readings) = try await measure(trial)
        let busy = readings.windowCPU.map {
            $0.totalSeconds / result.measuredSeconds / Double(max(trial.cell.loops, 1))
        }
        let saturation = SaturationRule.reason(for: result, serverBusyFraction: busy)
        let reasons = [
            saturation,
            TrialSoundness.rejection(
                to: result, trial, publishedDigest: specification(of: trial, nil).publishedDigest),
        ].compactMap { $0 }
        if !reasons.isEmpty { (observation.status, observation.reason) = (.invalid, reasons.joined(separator: "; ")) }
        observation.measuredSeconds = result.measuredSeconds
        for probe in probes { probe.complete(&observation, readings, result) }
        observation.quality = MeasurementQuality(
            loadBusyFraction: result.busyFraction, saturated: saturation != nil,
            clientFloorNanoseconds: prepared.withLock { $0.clientFloors[trial.cell.load.name] },
            pacerLatenessP99Nanoseconds: result.publishing.latenessP99Nanoseconds,
            fairness: MeasurementQuality.Fairness(
                checked: result.fairnessDigest != nil, digest: result.fairnessDigest),
            loadDemandFraction: result.demandFraction, loadProcessFraction: result.processFraction,
            unknownUpdates: result.unknownUpdates)
        observation.samples = readings.samples.isEmpty ? nil : readings.samples
    }

    private func measure(_ trial: Trial) async throws -> (LoadResult, ProbeReadings) {
        guard trial.cell.transport != "in-process" else { return try await load(trial, server: nil) }
        return try await ServerProcess.run(launch(of: trial), guardian: folder.guardian) { server in
            try await load(trial, server: server)
        }
    }

    private func launch(of trial: Trial) -> ServerLaunch {
        let cell = trial.cell
        var launch: ServerLaunch
        switch cell.server {
        case .tandem, .external:
            var arguments = ServeArguments(cell, settings.credentials, certificate)
            arguments.more = ["--drain-bound", "1"]
            launch = ServerLaunch(tandem: settings.tandem, arguments)
        case .floor:
            launch = ServerLaunch(
                floor: settings.floorServer, cell, seconds: trial.warmupSeconds + trial.measureSeconds + 0.05)
        }
        launch.processors = settings.serverProcessors(loops: cell.loops)
        return launch
    }

    private func load(_ trial: Trial, server: ServerProcess?) async throws -> (LoadResult, ProbeReadings) {
        var readings = ProbeReadings()
        let reader = ServerReader(pid: server?.pid)
        let result = try await LoadProcess.run(
            specification(of: trial, server), settings, loops: trial.cell.loops,
            stepSeconds: max(trial.warmupSeconds, trial.measureSeconds) + (trial.cell.pollIntervalSeconds ?? 0)
        ) { event in
            readings.delivered[event.event] = event.delivered
            for probe in probes { probe.read(event.event, reader, into: &readings) }
            if event.event == .sample { readings.samples.append(Self.sample(event, reader)) }
            if event.event == .ready, trial.cell.server == .floor, trial.cell.load.updatesPerSecond > 0 {
                server?.send(SIGUSR1)
            }
            observer.observe(.phase(event))
        }
        return (result, readings)
    }

    private static func sample(_ event: LoadEvent, _ server: ServerReader) -> WindowSample {
        let size = server.size
        return WindowSample(
            seconds: event.seconds ?? 0, latencyP50: event.latencyP50, latencyP99: event.latencyP99,
            updates: event.updates ?? 0, serverRssBytes: size?.rssBytes, serverDescriptors: size?.descriptors)
    }

    private func specification(of trial: Trial, _ server: ServerProcess?) -> LoadSpecification {
        let cell = trial.cell
        var specification = LoadSpecification(transport: cell.transport, load: cell.load)
        specification.protocolVersion = cell.protocolVersion
        specification.compression = cell.compression.flatMap { MessageCompression(rawValue: $0) } ?? .off
        if let server {
            specification.target.host = server.endpoint.host
            specification.target.port = server.endpoint.port
            specification.target.h2cPort = server.endpoint.h2cPort
            specification.target.tls = cell.tls
            specification.target.trustedAuthorities = cell.tls ? certificate?.certificatePath : nil
            specification.companion = server.pid
        }
        if cell.auth != "none" {
            specification.subscriberScheme = cell.auth
            if cell.auth == "mtls" { specification.subscriberCertificate = settings.credentials.client?.owner }
            specification.subscriberToken = settings.credentials.subscriberToken
            specification.publisherToken = settings.credentials.publisherToken
        }
        specification.pollIntervalSeconds = cell.pollIntervalSeconds
        specification.warmupSeconds = trial.warmupSeconds
        specification.measureSeconds = trial.measureSeconds
        specification.sampleSeconds =
            trial.measureSeconds >= 2 * settings.sampleSeconds ? settings.sampleSeconds : nil
        // A poller sees the last updates of the window one interval later.
        specification.drainSeconds = (cell.pollIntervalSeconds ?? 0.5) + 0.5
        specification.seed = seed &+ UInt64(trial.number)
        specification.isSupervised = true
        let isFloor = cell.server == .floor
        specification.expectsSnapshot = !isFloor
        specification.fairnessUpdates = Self.fairnessUpdates
        specification.publishing = cell.load.updatesPerSecond == 0 ? .none : isFloor ? .server : .http
        return specification
    }
}
