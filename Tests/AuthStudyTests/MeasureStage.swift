import AuthStudy
import Authentication
import Catalog
import Foundation
import OrderUpdates
import TransportCore
import Transports

/// A server of one scheme in this process, and a bench to measure it with.
struct MeasureStage: Sendable {
    let bench: StudyBench
    let folder: String

    /// - Parameters:
    ///   - wrap: puts a gate of the test's own in place of the server's.
    static func with<Result: Sendable>(
        _ scheme: String, over transport: TransportName = .sse,
        wrap: (AuthGate, _ folder: String) -> any AuthScheme = { gate, _ in gate },
        configure: (inout ServerConfiguration) -> Void = { _ in },
        _ body: (MeasureStage) async throws -> Result
    ) async throws -> Result {
        let kit = try await StudyFolder.shared.makeKit()
        let folder = kit.folder
        let verifier = TokenVerifier(
            keys: try await RotatingKeys(file: kit.verificationKeys, complain: { _ in }),
            policy: TokenPolicy(issuer: "tandem", audience: "tandem", clockSkew: .zero))
        let settings = AuthSettings(
            verifier: verifier, origins: OriginPolicy(allowed: [MeasuringPage.origin]),
            transports: Set(Catalog.socketTransports.map(\.name)))
        let registrations = Catalog.authSchemes.filter { $0.profile.name == scheme }
        let gate = Catalog.gate(of: registrations, settings, revocations: try RevocationList())
        let hub = OrderEventHub()
        for (name, owner) in [("order-0", "alice"), ("order-1", "alice"), ("foreign", "mallory")] as [(String, Subject)]
        {
            try hub.create(OrderID(name)!, owner: owner, status: .activating)
        }
        var configuration = ServerConfiguration()
        configuration.heartbeat.kind = .off
        configuration.allowedOrigins = [MeasuringPage.origin]
        configure(&configuration)
        let server = try SocketServer(
            OrderService(hub: hub, auth: wrap(gate, folder)), configuration, transports: Catalog.socketTransports)
        let target = AuthTarget(
            endpoint: server.endpoint, transport: transport, version: .h1, scheme: scheme, authority: nil,
            order: "order-1", foreignOrder: "foreign")
        let bench = try StudyBench(
            target, kit: kit, transport: Catalog.transport(named: transport)!.client, orders: [OrderID("order-0")!])
        do {
            let result = try await body(MeasureStage(bench: bench, folder: folder))
            await bench.shutdown()
            await server.stop()
            return result
        } catch {
            await bench.shutdown()
            await server.stop()
            throw error
        }
    }

    /// Measures while updates flow.
    func whileUpdatesFlow<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
        try await UpdateFlow(bench, updatesPerSecond: 50).during(body)
    }
}

/// A gate that breaks one promise, so that a measure can be seen to notice.
struct BrokenGate: AuthScheme {
    enum Defect: Hashable, Sendable {
        /// Lets what was withdrawn, or has expired, go on.
        case forgetsEnds
        /// Writes the credential that it sees into a file.
        case writes(String)
        /// Takes no token in a message.
        case refusesMessages
    }

    let gate: AuthGate
    let defect: Defect

    var name: String { gate.name }
    var challenge: String? { gate.challenge }
    var isAmbient: Bool { gate.isAmbient }
    var takesFirstMessage: Bool { gate.takesFirstMessage }
    var endpoints: [CredentialEndpoint] { gate.endpoints }

    func isPresented(by request: some HandshakeRequest) -> Bool { gate.isPresented(by: request) }

    func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        if case .writes(let path) = defect, let header = request.header("authorization") {
            let known = FileManager.default.contents(atPath: path) ?? Data()
            try? (known + Data((header + "\n").utf8)).write(to: URL(filePath: path))
        }
        return try gate.authenticate(request)
    }

    func authenticate(token: String) throws(AuthenticationFailure) -> Principal {
        if defect == .refusesMessages { throw AuthenticationFailure(.missing, "no token is taken in a message") }
        return try gate.authenticate(token: token)
    }

    func status(of principal: Principal) -> CredentialStatus {
        defect == .forgetsEnds ? .good : gate.status(of: principal)
    }

    func watchStatuses(_ notify: @escaping @Sendable () -> Void) { gate.watchStatuses(notify) }
}
