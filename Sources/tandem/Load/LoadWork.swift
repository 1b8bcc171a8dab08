import Catalog
import ExperimentModel
import Glibc
import LoadGeneration
import OrderUpdates
import Threads
import TransportCore
import Transports

/// Runs a load with its publisher. For the in-process transport it also runs the server.
struct LoadWork {
    private let specification: LoadSpecification
    private let transport: TransportRegistration
    private let reporter: LoadReporter

    init(_ specification: LoadSpecification, _ transport: TransportRegistration, _ reporter: LoadReporter) {
        self.specification = specification
        self.transport = transport
        self.reporter = reporter
    }

    func run() async throws -> LoadResult {
        if specification.isSupervised { watchSupervisor() }
        if let path = specification.target.trustedAuthorities { try AuthorityFile.check(path) }
        guard transport.name == .inProcess else {
            let credential = try await credential()
            if specification.foreign == nil, !specification.isSupervised {
                try await OrderCheck(specification, credential).run()
            }
            return try await measure(specification, try publisher(), as: credential)
        }
        let hub = OrderEventHub()
        for index in 0..<specification.load.orders {
            guard let id = OrderID(specification.orderPrefix + String(index)) else {
                throw LoadError(.unsupported, "'\(specification.orderPrefix)' cannot begin an order's id")
            }
            try hub.create(id, owner: "anyone", status: .activating)
        }
        var configuration = ServerConfiguration()
        // All subscribers are connections of the same owner.
        configuration.limits.connectionsPerOwner = configuration.limits.connections
        let server = try await transport.server.start(
            OrderService(hub: hub, auth: NoAuthentication()), configuration)
        var specification = specification
        specification.target.host = server.endpoint.host
        specification.target.port = server.endpoint.port
        return try await withEnd {
            await server.stop()
        } _: {
            try await measure(specification, HubPublisher(hub: hub))
        }
    }

    private func measure(
        _ specification: LoadSpecification, _ publisher: (any UpdatePublisher)?,
        as credential: Credential? = nil
    ) async throws -> LoadResult {
        let run = LoadRun(
            specification, transport: transport.client, publisher: publisher, credential: credential,
            report: { try await reporter.report($0) })
        return try await withEnd {
            await publisher?.shutdown()
        } _: {
            try await run.run()
        }
    }

    /// The subscribers' credential: their token, or what the server issues for it.
    private func credential() async throws -> Credential {
        let target = specification.target
        // For other servers the specified header fields contain the credential.
        guard specification.foreign == nil, let version = ProtocolVersion(rawValue: specification.protocolVersion)
        else { return specification.subscriberToken.map { .bearer($0) } ?? .none }
        guard specification.subscriberToken != nil || specification.subscriberCertificate != nil else { return .none }
        let requester = try HTTPRequester(trustedAuthorities: target.trustedAuthorities)
        let exchange = CredentialExchange(
            to: Endpoint(host: target.host, port: target.port, h2cPort: target.h2cPort, tls: target.tls),
            version: version, over: requester)
        do {
            return try await withEnd {
                await requester.shutdown()
            } _: {
                try await exchange.credential(
                    of: specification.subscriberScheme, token: specification.subscriberToken)
            }
        } catch {
            throw LoadError(.cannotConnect, "\(error)")
        }
    }

    private func publisher() throws -> (any UpdatePublisher)? {
        let provesFairness =
            specification.fairnessUpdates > 0 && [.http, .none].contains(specification.publishing)
        guard specification.publishing == .http || provesFairness else { return nil }
        let form =
            if let foreign = specification.foreign, let publish = foreign.publish {
                PublishForm(publish, at: try ServerAddress(publish.url).url, foreign.timestampFormat)
            } else {
                PublishForm(to: specification.target, token: specification.publisherToken)
            }
        return try HTTPPublisher(
            form, trustedAuthorities: specification.target.trustedAuthorities,
            proxy: specification.target.proxy)
    }

    /// A supervisor that is killed cannot end its children. Its end closes standard input, which ends this process and
    /// the server that was started for it.
    private func watchSupervisor() {
        let companion = specification.companion
        StandardInput.shared.onClose {
            if let companion { kill(companion, SIGTERM) }
            _exit(ExitStatus.interrupted.rawValue)
        }
    }
}
