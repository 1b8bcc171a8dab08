public import ExperimentModel
public import ExperimentRunner
import Glibc

/// The study of capacity: measures what the engine and the floor deliver and hold, in turn, with a load client that only receives and
/// counts.
///
/// `measureSeconds` is the length of a schedule, or the time for which connections are held.
public struct EngineStudy: TrialStudy {
    private let settings: RunSettings
    private let folder: TemporaryFolder
    private let certificate: Result<DevelopmentCertificate?, any Error>

    /// - Parameters:
    ///   - folder: for certificates and tables; it is removed after the run.
    ///   - trials: the trials to be measured.
    public init(_ settings: RunSettings, in folder: TemporaryFolder, trials: [Trial]) async {
        self.settings = settings
        self.folder = folder
        do {
            let certificate =
                trials.contains { $0.cell.tls } ? try await DevelopmentCertificate.create(in: folder.path) : nil
            self.certificate = .success(certificate)
        } catch {
            // Cells without TLS can still be measured.
            certificate = .failure(error)
        }
    }

    public func rejection(of cell: Cell) -> String? {
        let client = LoadClient.program(in: settings)
        if access(client, X_OK) != 0 { return "\(client) is not built: `make floor` builds it" }
        guard Experiment.floorTransports.contains(cell.transport) else {
            return "the load client speaks SSE and WebSocket alone"
        }
        if cell.load.slowReaders > 0 { return "the load client has no slow readers" }
        guard cell.load.connections.isMultiple(of: cell.load.orders) else {
            return
                "\(cell.load.connections) connections do not give each of \(cell.load.orders) orders as many subscribers"
        }
        if cell.goal?.of == .oneLoop, settings.processors.count < 2 { return "two loops need two processors" }
        if cell.goal?.figure == .epollCtlPerUpdate, !SystemCallTable.isToolInstalled {
            return "strace is not installed: install it (Debian: strace)"
        }
        if cell.tls, case .failure(let error) = certificate { return String(describing: error) }
        return nil
    }

    public func measure(_ trial: Trial, _ observation: inout Observation) async throws {
        guard let goal = trial.cell.goal else {
            throw TrialError(.unexpectedOutput, "the cell has no goal, which says what is measured")
        }
        let environment = EngineEnvironment(settings, folder, try certificate.get(), trial)
        var summary = CapacitySummary(isPinned: environment.isPinned)
        switch goal.figure {
        case .updatesPerSecond, .cpuPerUpdate, .latencyP99:
            let delivery = try await environment.deliver(timed: goal.figure == .latencyP99)
            (summary.delivery, observation.measuredSeconds) = (delivery, delivery.seconds)
        case .epollCtlPerUpdate:
            summary.systemCalls = try await environment.countSystemCalls()
            observation.measuredSeconds = trial.measureSeconds
        case .memoryPerConnection:
            let holding = try await environment.hold(rounds: 1, warmUp: 100, rest: .milliseconds(500))
            if let reason = holding.rejection { throw TrialError(.unexpectedOutput, reason) }
            (summary.holding, observation.measuredSeconds) = (holding, trial.measureSeconds)
        case .memoryReturned:
            // A server returns memory when its number of connections no longer changes, which it checks once a second.
            summary.holding = try await environment.hold(rounds: 2, warmUp: 0, rest: .seconds(3))
            observation.measuredSeconds = 2 * trial.measureSeconds
        }
        observation.capacity = summary
    }
}
