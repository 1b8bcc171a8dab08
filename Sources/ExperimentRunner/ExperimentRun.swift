public import ExperimentModel

/// Carries out a plan: the trials that remain, in their order, each written down as it ends.
public struct ExperimentRun: Sendable {
    private let identity: RunIdentity
    private let settings: RunSettings
    private let observer: any RunObserver

    public init(_ identity: RunIdentity, _ settings: RunSettings, observer: any RunObserver) {
        self.identity = identity
        self.settings = settings
        self.observer = observer
    }

    /// Runs what remains of the plan. A trial that fails or is invalid is an observation, and the run goes on; a task
    /// that is cancelled ends its processes, and loses the trial under way alone.
    ///
    /// - Parameters:
    ///   - folder: for certificates; gone after the run.
    ///   - trials: those of the plan that have no observation in `log` yet.
    /// - Throws: `ResultError` where an observation cannot be written, `TrialError` where a certificate cannot be made.
    public func run(_ trials: [Trial], _ log: ObservationWriter, _ folder: TemporaryFolder) async throws -> RunOutcome {
        var outcome = RunOutcome(remaining: trials.count, earlier: log.earlier)
        observer.observe(.began(trials: trials.count + log.earlier.count, remaining: trials.count))
        do {
            let runner = TrialRunner(
                settings: settings, identity: identity, certificate: try await certificate(trials, folder),
                clientFloors: try await clientFloors(trials), guardian: folder.guardian,
                observer: observer)
            let legality = CellLegality(settings)
            try await settings.study?.prepare(
                for: trials.filter { legality.objection(to: $0.cell) == nil },
                announce: { observer.observe(.preparing($0)) })
            for (index, trial) in trials.enumerated() {
                try Task.checkCancellation()
                observer.observe(.trialBegan(trial, index: index + 1))
                let observation = try await runner.run(trial)
                try log.append(observation)
                outcome.observed.append(observation)
                outcome.remaining -= 1
                observer.observe(.trialEnded(observation))
            }
        } catch is CancellationError {
            // Nothing else: a line that could not be written is no interruption, whatever else happened meanwhile.
            outcome.wasInterrupted = true
        }
        return outcome
    }

    private func certificate(_ trials: [Trial], _ folder: TemporaryFolder) async throws -> DevelopmentCertificate? {
        guard settings.study == nil, trials.contains(where: { $0.cell.tls }) else { return nil }
        do {
            return try await DevelopmentCertificate.create(in: folder.path)
        } catch {
            try Task.checkCancellation()
            throw error
        }
    }

    private func clientFloors(_ trials: [Trial]) async throws -> [String: Int64] {
        var floors: [String: Int64] = [:]
        var seen: Set<String> = []
        guard settings.study == nil else { return floors }
        for trial in trials where seen.insert(trial.cell.load.name).inserted {
            observer.observe(.calibrating(load: trial.cell.load.name))
            floors[trial.cell.load.name] = try await ClientCalibration(settings: settings).floor(of: trial.cell.load)
        }
        return floors
    }
}
