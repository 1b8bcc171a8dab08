import ExperimentModel
import ExperimentRunner
import Measurement
import TransportCore

/// The processes of one trial: one or more servers, and a load client for each.
struct EngineEnvironment: Sendable {
    let trial: Trial
    /// Where a trial's tables are written.
    let folder: String
    /// Whether server and load client each have processors of their own. They share all where two loops need two processors, or where
    /// connections are spread over several servers.
    let isPinned: Bool
    private let settings: RunSettings
    private let guardian: RunGuardian
    private let certificate: DevelopmentCertificate?

    var cell: Cell { trial.cell }

    init(_ settings: RunSettings, _ folder: TemporaryFolder, _ certificate: DevelopmentCertificate?, _ trial: Trial) {
        self.trial = trial
        self.folder = folder.path
        self.certificate = certificate
        guardian = folder.guardian
        let goal = trial.cell.goal
        var settings = settings
        settings.pins =
            settings.processors.count > trial.cell.loops && goal?.of != .oneLoop
            && goal?.figure.spreadsConnections != true
        self.settings = settings
        isPinned = settings.pins
    }

    /// Starts servers, which publish by the schedule, and ends them when the body has returned.
    func serve<Result: Sendable>(
        _ schedule: PublishingSchedule? = nil, servers count: Int = 1,
        _ body: ([ServerProcess]) async throws -> Result
    ) async throws -> Result {
        try await Self.nest(
            count, { _, body in try await ServerProcess.run(launch(schedule), guardian: guardian, body) }, body)
    }

    /// Nests scopes, and calls the body in the innermost one with what each scope gave.
    ///
    /// - Parameter scope: opens one scope; scopes are numbered from 0.
    static func nest<Value, Result: Sendable>(
        _ count: Int, within outer: [Value] = [],
        _ scope: @escaping (Int, (Value) async throws -> Result) async throws -> Result,
        _ body: ([Value]) async throws -> Result
    ) async throws -> Result {
        guard outer.count < count else { return try await body(outer) }
        return try await scope(outer.count) { try await nest(count, within: outer + [$0], scope, body) }
    }

    private func launch(_ schedule: PublishingSchedule?) -> ServerLaunch {
        var launch: ServerLaunch
        switch cell.server {
        case .floor: launch = ServerLaunch(floor: settings.floorServer, cell, options: schedule?.ofFloor ?? [])
        case .tandem, .external:
            var arguments = ServeArguments(cell, settings.credentials, certificate)
            arguments.more = ["--drain-bound", "1"] + (schedule?.ofTandem ?? [])
            launch = ServerLaunch(tandem: settings.tandem, arguments)
        }
        launch.processors = settings.serverProcessors(loops: cell.loops)
        return launch
    }

    /// Connects subscribers to a server, and ends their process when the body has returned.
    func connect<Result: Sendable>(
        _ connections: Int, to server: ServerProcess, _ options: [String] = [],
        _ body: (LoadClient) async throws -> Result
    ) async throws -> Result {
        var options =
            [
                "--port", String(server.endpoint.port), "--transport", cell.transport, "--connections",
                String(connections), "--orders", String(cell.load.orders),
            ] + options
        if cell.tls { options.append("--tls") }
        if let rate = cell.load.connectRate { options += ["--rate", String(rate)] }
        return try await LoadClient.run(
            LoadClient.program(in: settings), options, processors: settings.loadProcessors(beside: cell.loops),
            connections: connections, rate: cell.load.connectRate, guardian: guardian, body)
    }

    // MARK: Reading a server's resources

    static func pid(_ server: ServerProcess) throws -> Int32 {
        guard let pid = server.pid else { throw TrialError(.childEnded, "the server ended during the trial") }
        return pid
    }

    /// The private memory of all servers together, in bytes.
    static func memory(_ servers: [ServerProcess]) throws -> Int64 {
        try servers.reduce(0) { sum, server in
            guard let bytes = try ResourceUsage.read(pid: pid(server)).privateBytes else {
                throw TrialError(.unexpectedOutput, "/proc/<pid>/smaps_rollup of the server may not be read")
            }
            return sum + bytes
        }
    }

    static func descriptors(_ server: ServerProcess) throws -> Int {
        guard let count = try ProcessSize.read(pid: pid(server)).descriptors else {
            throw TrialError(.unexpectedOutput, "the descriptors of the server may not be listed")
        }
        return count
    }
}

/// The updates that a server publishes by itself once its subscribers are connected.
struct PublishingSchedule {
    var load: LoadProfile
    var seconds: Double

    private var parts: [(name: String, value: String?)] {
        [
            ("orders", String(load.orders)), ("burst", String(load.burst)), ("seconds", String(seconds)),
            ("wait", String(load.connections)),
            load.updatesPerSecond > 0 ? ("rate", String(load.updatesPerSecond)) : ("flood", nil),
        ]
    }

    /// Arguments of `tandem serve`.
    var ofTandem: [String] {
        [
            "--publish",
            parts.map { part in part.value.map { "\(part.name)=\($0)" } ?? part.name }.joined(separator: ","),
        ]
    }

    /// Options of `floor-server`.
    var ofFloor: [String] { parts.flatMap { part in ["--\(part.name)"] + (part.value.map { [$0] } ?? []) } }
}
