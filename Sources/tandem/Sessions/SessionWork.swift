import Catalog
import ExperimentModel
import FoundationEssentials
import Glibc
import LWS
import LoadGeneration
import OrderUpdates
import Threads
import TransportCore
import Transports

/// What sessions need in this process: their credential, and a way to GET an order's state.
struct SessionWork: Sendable {
    private let specification: SessionSpecification
    private let transport: TransportRegistration

    init(_ specification: SessionSpecification, _ transport: TransportRegistration) {
        self.specification = specification
        self.transport = transport
    }

    func run() async throws {
        let requester = try HTTPRequester(
            trustedAuthorities: specification.target.trustedAuthorities, certificate: specification.certificate)
        try await withEnd {
            await requester.shutdown()
        } _: {
            let credential = try await credential(requester)
            let run = SessionRun(
                specification, transport: transport.client, credential: credential,
                fetch: { await fetch($0, credential, requester) }, nextCommand: { try await Self.nextCommand() },
                report: { try Self.report($0) })
            try await run.run()
        }
    }

    /// The sessions' credential: their token, or what the server exchanges it for.
    private func credential(_ requester: HTTPRequester) async throws -> Credential {
        guard let token = specification.token else { return .none }
        let target = specification.target
        let exchange = CredentialExchange(
            to: Endpoint(host: target.host, port: target.port, h2cPort: target.h2cPort, tls: target.tls),
            version: .h1, over: requester)
        return try await exchange.credential(of: specification.scheme, token: token)
    }

    /// The position of an order's state, from its entity tag; nil where no answer comes in time.
    private func fetch(_ order: OrderID, _ credential: Credential, _ requester: HTTPRequester) async -> StreamPosition?
    {
        let target = specification.target
        var request = ClientRequest(host: target.host, port: target.port, path: "/orders/\(order)")
        request.tls = target.tls
        request.headers = credential.headers()
        if let parameter = credential.parameter { request.path += "?" + parameter }
        request.localAddress = specification.localAddress(of: 0)
        request.deadline = specification.policy.connectTimeout ?? .seconds(10)
        guard let answer = try? await requester.send(request), answer.status == 200, let tag = answer["etag"] else {
            return nil
        }
        return StreamPosition(tag.drop { $0 != "\"" }.dropFirst().prefix { $0 != "\"" })
    }

    private static func nextCommand() async throws -> SessionCommand? {
        guard let line = await StandardInput.shared.line() else { return nil }
        do {
            return try JSONDecoder().decode(SessionCommand.self, from: Data(line.utf8))
        } catch {
            throw LoadError(
                .unsupported,
                "'\(line.prefix(200))' is no command to sessions: \(DecodingError.explanation(of: error))")
        }
    }

    private static func report(_ event: SessionEvent) throws {
        var event = event
        event.pid = getpid()
        try write(event)
    }

    static func write(_ event: SessionEvent) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        StandardStreams.output(String(decoding: try encoder.encode(event), as: UTF8.self) + "\n")
    }
}
