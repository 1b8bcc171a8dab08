import Clocks
import ExperimentModel
import LoadGeneration
import Measurement

/// Measures one cell once: server and load generator in processes of their own, started for this trial and ended with it.
struct TrialRunner {
    /// Few enough that the slowest schedule of a floor reaches them within a warm-up.
    private static let fairnessUpdates = 4

    let settings: RunSettings
    let identity: RunIdentity
    /// Nil where no cell of the plan needs one.
    let certificate: DevelopmentCertificate?
    /// What the measuring client itself takes, by load.
    let clientFloors: [String: Int64]
    let guardian: RunGuardian
    let observer: any RunObserver

    /// - Throws: `CancellationError` alone: whatever else goes wrong is an observation.
    func run(_ trial: Trial) async throws -> Observation {
        if let objection = CellLegality(settings).objection(to: trial.cell) {
            return identity.observation(of: trial, .skipped, reason: objection)
        }
        let started = Timestamp.string(identity.clock.unixNanoseconds)
        var observation: Observation
        do {
            if let study = settings.study {
                observation = identity.observation(of: trial, .ok, reason: nil)
                try await study.measure(trial, &observation)
            } else {
                let (result, readings) = try await measure(trial)
                observation = self.observation(of: trial, result, readings)
            }
        } catch {
            try Task.checkCancellation()
            if error is CancellationError { throw error }
            observation = identity.observation(of: trial, .failed, reason: Self.explain(error))
        }
        observation.startedAt = started
        return observation
    }

    private func measure(_ trial: Trial) async throws -> (LoadResult, ProbeReadings) {
        guard trial.cell.transport != "in-process" else { return try await load(trial, server: nil) }
        let seconds = trial.warmupSeconds + trial.measureSeconds
        let launch = ServerLaunch(
            trial.cell, settings, certificate: trial.cell.tls ? certificate : nil, seconds: seconds + 0.05)
        return try await ServerProcess.run(
            launch, processors: settings.serverProcessors(loops: trial.cell.loops), guardian: guardian
        ) { server in
            try await load(trial, server: server)
        }
    }

    private func load(_ trial: Trial, server: ServerProcess?) async throws -> (LoadResult, ProbeReadings) {
        var readings = ProbeReadings()
        let reader = ServerReader(pid: server?.pid)
        let result = try await LoadProcess.run(
            specification(of: trial, server), settings, loops: trial.cell.loops,
            stepSeconds: max(trial.warmupSeconds, trial.measureSeconds) + (trial.cell.pollIntervalSeconds ?? 0)
        ) { event in
            readings.delivered[event.event] = event.delivered
            for probe in settings.probes { probe.read(event.event, reader, into: &readings) }
            if event.event == .sample { readings.samples.append(Self.sample(event, reader)) }
            if event.event == .ready, trial.cell.server == .floor, trial.cell.load.updatesPerSecond > 0 {
                server?.startPublishing()
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
        if let server {
            specification.target.host = server.address.host ?? "127.0.0.1"
            specification.target.port = server.address.port
            specification.target.h2cPort = server.address.h2cPort
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
        // A poller sees what was published at the end of the window one interval later.
        specification.drainSeconds = (cell.pollIntervalSeconds ?? 0.5) + 0.5
        specification.seed = identity.seed &+ UInt64(trial.number)
        specification.isSupervised = true
        let isFloor = cell.server == .floor
        specification.expectsSnapshot = !isFloor
        specification.fairnessUpdates = Self.fairnessUpdates
        specification.publishing = cell.load.updatesPerSecond == 0 ? .none : isFloor ? .server : .http
        return specification
    }

    private func observation(
        of trial: Trial, _ result: LoadResult, _ readings: ProbeReadings
    ) -> Observation {
        let busy = readings.windowCPU.map {
            $0.totalSeconds / result.measuredSeconds / Double(max(trial.cell.loops, 1))
        }
        let saturation = SaturationRule.reason(for: result, serverBusyFraction: busy)
        let objections = [
            saturation,
            TrialSoundness.objection(
                to: result, trial, publishedDigest: specification(of: trial, nil).publishedDigest),
        ].compactMap { $0 }
        var observation = identity.observation(
            of: trial, objections.isEmpty ? .ok : .invalid,
            reason: objections.isEmpty ? nil : objections.joined(separator: "; "))
        observation.measuredSeconds = result.measuredSeconds
        for probe in settings.probes { probe.complete(&observation, readings, result) }
        observation.quality = MeasurementQuality(
            loadBusyFraction: result.busyFraction, saturated: saturation != nil,
            clientFloorNanoseconds: clientFloors[trial.cell.load.name],
            pacerLatenessP99Nanoseconds: result.publishing.latenessP99Nanoseconds,
            fairness: MeasurementQuality.Fairness(
                checked: result.fairnessDigest != nil, digest: result.fairnessDigest),
            loadDemandFraction: result.demandFraction, loadProcessFraction: result.processFraction,
            unknownUpdates: result.unknownUpdates)
        observation.samples = readings.samples.isEmpty ? nil : readings.samples
        return observation
    }

    private static func explain(_ error: any Error) -> String {
        String(describing: error)
    }
}
