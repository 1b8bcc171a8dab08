import AuthStudy
import Authentication
import Catalog
import Foundation
import OrderUpdates
import Synchronization
import Testing
import TransportCore
import Transports

/// A server of one cell, set as the attacks take it to be.
struct StudiedServer {
    let server: SocketServer
    let target: AuthTarget
    let kit: CredentialKit
    let conditions: AttackConditions
    let log = RecordedLog()

    /// - Parameter replace: what takes the place of the cell's gate.
    init(
        _ cell: AttackCell, _ conditions: AttackConditions = AttackConditions(),
        replace: (AuthGate) -> any AuthScheme = { $0 }
    ) async throws {
        self.conditions = conditions
        let kit = try await StudyFolder.shared.makeKit()
        self.kit = kit
        let keys = try await RotatingKeys(file: kit.verificationKeys) { [log] in log.append($0) }
        var policy = kit.policy
        policy.clockSkew = conditions.clockSkew
        var tickets = TicketScheme.Settings()
        tickets.lifetime = conditions.ticketLifetime
        let settings = AuthSettings(
            verifier: TokenVerifier(keys: keys, policy: policy),
            origins: OriginPolicy(allowed: [conditions.allowedOrigin]), tickets: tickets,
            transports: Set(Catalog.socketTransports.map(\.name)))
        let revocations = try RevocationList()
        let auth = replace(Catalog.gate(of: [cell.scheme], settings, revocations: revocations))
        let hub = OrderEventHub()
        try hub.create(OrderID("order")!, owner: CredentialKit.owner, status: .activating)
        try hub.create(OrderID("foreign")!, owner: CredentialKit.stranger, status: .activating)
        var configuration = ServerConfiguration()
        configuration.allowedOrigins = [conditions.allowedOrigin]
        configuration.limits.firstMessageDeadline = conditions.firstMessageDeadline
        if cell.tls {
            configuration.tls = kit.tls(asksClients: cell.scheme.profile.needsTLS)
        }
        server = try SocketServer(
            OrderService(hub: hub, auth: auth), configuration, transports: Catalog.socketTransports, logger: log.logger)
        target = AuthTarget(
            endpoint: server.endpoint, transport: cell.transport, version: cell.version,
            scheme: cell.scheme.profile.name,
            authority: cell.tls ? kit.authority : nil, order: "order", foreignOrder: "foreign")
    }

    var run: AttackRun {
        AttackRun(target: target, kit: kit, conditions: conditions) { [log] in log.lines }
    }

    func stop() async { await server.stop() }

    /// Waits until the server has seen every peer leave; a connection that stays is a leak, and fails the test.
    func quiesce() async throws {
        for _ in 0..<4_000 {
            let statistics = server.statistics
            if statistics.connections == 0, statistics.subscribers == 0 { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("connections stay open: \(server.statistics)")
    }
}

/// Where the keys and certificates of a test run lie: made once, and gone with the process.
actor StudyFolder {
    static let shared = StudyFolder()

    private static let path =
        FileManager.default.temporaryDirectory.appending(
            path: "tandem-study-\(ProcessInfo.processInfo.processIdentifier)"
        ).path
    private var original: Task<CredentialKit, any Error>?
    private var count = 0

    func makeKit() async throws -> CredentialKit {
        count += 1
        let number = count
        if original == nil {
            atexit { try? FileManager.default.removeItem(atPath: StudyFolder.path) }
            try FileManager.default.createDirectory(
                atPath: Self.path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            original = Task { try await CredentialKit(in: "\(StudyFolder.path)/kit") }
        }
        guard let original else { preconditionFailure("it was set above") }
        return try CredentialKit(copying: try await original.value, in: "\(Self.path)/\(number)")
    }
}

/// Lets few run at a time, so that what waits for a deadline is not kept waiting by the others.
actor Turnstile {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    func pass<T: Sendable>(_ body: @Sendable () async throws -> T) async rethrows -> T {
        if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
        defer { if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() } }
        return try await body()
    }
}
