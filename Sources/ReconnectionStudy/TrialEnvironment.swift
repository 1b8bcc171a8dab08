import Clocks
import ExperimentModel
import ExperimentRunner
import FoundationEssentials
import LoadGeneration
import NetworkPaths
import OrderUpdates
import TransportCore

/// The processes of one trial, and its publisher: the server, or several where a path distributes connections over
/// nodes; the path's proxy; the fault proxy where a plan has steps for it; and the sessions.
struct TrialEnvironment: Sendable {
    let settings: SessionStudySettings
    let trial: Trial
    /// Further arguments of `tandem serve`.
    var serverArguments: [String] = []
    /// Whether the fault proxy is between the sessions and the path.
    var hasProxy = false
    /// The path before the server; nil for none.
    var path: (any NetworkPath)?
    /// How many sessions the trial is about. The other sessions of the load are bystanders.
    var peers: Int
    var bystanders = 0
    var connectsInFlight = 64
    /// Changes the specification of the sessions.
    var adjust: @Sendable (inout SessionSpecification) -> Void = { _ in }

    private var cell: Cell { trial.cell }
    private var folder: String { settings.folder.path + "/trial-\(trial.number)" }

    /// The running processes of a trial. Confined to its task.
    struct Processes {
        /// The nodes. The runner's faults hit the first.
        let servers: [ServerProcess]
        let proxy: FaultProxyProcess?
        let sessions: SessionsProcess
        /// The event of the sessions when all were connected.
        let ready: SessionEvent
        let publisher: SessionPublisher
        /// The port that the sessions connect to.
        let port: Int

        var server: ServerProcess { servers[0] }
        /// The processes of all running nodes.
        var serverPids: [Int32] { servers.compactMap(\.pid) }
    }

    /// How many nodes there are where a path can distribute connections.
    private static let nodes = 2

    /// Starts all processes, publishes, and ends all when the body has returned.
    ///
    /// - Parameter body: called after the warm-up with a function that stops the publisher. It calls that, and then
    ///   lets the sessions finish.
    func run<Result: Sendable>(
        _ body: (Processes, _ stopPublishing: () async -> Void) async throws -> Result
    ) async throws -> Result {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await serve(min(Self.nodes, path?.targets.upperBound ?? 1), []) { servers in
            guard let path else { return try await intercept(servers, port: servers[0].endpoint.port, body) }
            let files = folder + "/path"
            try FileManager.default.createDirectory(atPath: files, withIntermediateDirectories: true)
            let targets = servers.map { PathEndpoint(host: "127.0.0.1", port: $0.endpoint.port) }
            return try await path.run(before: targets, folder: files) { endpoint in
                try await intercept(servers, port: endpoint.port, body)
            }
        }
    }

    /// Starts the remaining servers, each within the scope of the previous one.
    private func serve<Result: Sendable>(
        _ count: Int, _ servers: [ServerProcess], _ body: ([ServerProcess]) async throws -> Result
    ) async throws -> Result {
        guard count > 0 else { return try await body(servers) }
        let launch = ServerLaunch(tandem: settings.tandem, arguments(node: servers.count))
        return try await ServerProcess.run(launch, guardian: settings.folder.guardian) { server in
            try await serve(count - 1, servers + [server], body)
        }
    }

    private func intercept<Result: Sendable>(
        _ servers: [ServerProcess], port: Int,
        _ body: (Processes, _ stopPublishing: () async -> Void) async throws -> Result
    ) async throws -> Result {
        guard hasProxy else { return try await runSessions(servers, nil, port: port, body) }
        return try await FaultProxyProcess.run(
            settings.tandem, before: "127.0.0.1:\(port)", seed: settings.seed &+ UInt64(trial.number),
            guardian: settings.folder.guardian
        ) { proxy in try await runSessions(servers, proxy, port: proxy.port, body) }
    }

    private func runSessions<Result: Sendable>(
        _ servers: [ServerProcess], _ proxy: FaultProxyProcess?, port: Int,
        _ body: (Processes, _ stopPublishing: () async -> Void) async throws -> Result
    ) async throws -> Result {
        let path = folder + "/acknowledged"
        let log = try AcknowledgementWriter(path: path)
        let orders = (0..<cell.load.orders).compactMap { OrderID("order-\($0)") }
        var specification = try specification(port: port, acknowledgements: path)
        adjust(&specification)
        return try await SessionsProcess.run(
            settings.tandem, specification, guardian: settings.folder.guardian
        ) { sessions, ready in
            let token = cell.auth == "none" ? nil : settings.credentials.publisherToken
            let over = try servers.map { try settings.publisher(target(port: $0.endpoint.port), token) }
            let publisher = SessionPublisher(to: orders, over: over, log: log)
            let running = try publisher.start(updatesPerSecond: cell.load.updatesPerSecond)
            var isRunning = true
            func stopPublishing() async {
                guard isRunning else { return }
                isRunning = false
                await running.stop(patience: .seconds(2))
                for node in over { await node.shutdown() }
            }
            let result: Swift.Result<Result, any Error>
            do {
                try await Task.sleep(for: .nanoseconds(Int64(trial.warmupSeconds * 1e9)))
                result = .success(
                    try await body(
                        Processes(
                            servers: servers, proxy: proxy, sessions: sessions, ready: ready, publisher: publisher,
                            port: port), stopPublishing))
            } catch {
                result = .failure(error)
            }
            await stopPublishing()
            if let rejection = log.rejection { throw SessionStudyError(rejection) }
            return try result.get()
        }
    }

    private func arguments(node: Int) -> ServeArguments {
        var arguments = ServeArguments(cell, settings.credentials, settings.certificate)
        arguments.more = ["--watch-streams", "5ms"]
        if let durability = cell.session?.durability, durability != "none" {
            arguments.more += ["--data", folder + "/data-\(node)", "--durability", durability]
        }
        arguments.more += serverArguments
        return arguments
    }

    private func target(port: Int) -> LoadSpecification.Target {
        var target = LoadSpecification.Target()
        target.port = port
        target.tls = cell.tls
        target.trustedAuthorities = cell.tls ? settings.certificate?.certificatePath : nil
        return target
    }

    private func specification(port: Int, acknowledgements: String) throws -> SessionSpecification {
        var specification = SessionSpecification(
            transport: cell.transport, policy: try SessionTimings(cell).policy(), sessions: peers,
            orders: cell.load.orders, acknowledgements: acknowledgements)
        specification.protocolVersion = cell.protocolVersion
        specification.target = target(port: port)
        specification.bystanders = bystanders
        specification.pollIntervalSeconds = cell.pollIntervalSeconds
        specification.longPollSeconds = SessionTimings(cell).longPollSeconds
        specification.connectsInFlight = connectsInFlight
        specification.seed = settings.seed &+ UInt64(trial.number)
        if cell.auth != "none" {
            specification.scheme = cell.auth
            specification.token = settings.credentials.subscriberToken
        }
        return specification
    }
}

extension NetworkPath {
    /// Unwraps the path's existential type. The body gets the address for clients.
    fileprivate func run<Result: Sendable>(
        before targets: [PathEndpoint], folder: String, _ body: (PathEndpoint) async throws -> Result
    ) async throws -> Result {
        try await RunningPath.run(self, targets: targets, folder: folder) { try await body($0.endpoint) }
    }
}
