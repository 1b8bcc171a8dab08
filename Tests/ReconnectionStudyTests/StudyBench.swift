import Catalog
import ExperimentModel
import ExperimentRunner
import Foundation
import LWS
import LoadGeneration
import NetworkPaths
import OrderUpdates
import ReconnectionStudy
import TransportCore
import Transports

/// A trial of a study of sessions, on the built command.
enum StudyBench {
    /// Beside the test bundle, where the build puts it.
    private static let tandem: String = {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
        let program = bundle.map { URL(fileURLWithPath: $0) } ?? URL(fileURLWithPath: "/proc/self/exe")
        return program.resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("tandem").path
    }()

    static func cell(
        _ transport: String = "sse", client: String = "full-jitter", recovery: String = "replay-or-snapshot",
        fault steps: [FaultStep]? = nil, path: String? = nil, sessions: Int = 6, pollInterval: Double? = nil,
        tls: Bool = false, version: String = "h1"
    ) -> Cell {
        Cell(
            transport: transport, protocolVersion: version, tls: tls, auth: "none",
            heartbeat: .init(kind: .control, seconds: 0.2),
            load: LoadProfile(name: "few", connections: sessions, orders: 2, updatesPerSecond: 40),
            pollIntervalSeconds: pollInterval,
            session: SessionLevels(
                client: client, recovery: recovery, fault: steps.map { FaultPlan(name: "plan", steps: $0) }, path: path)
        )
    }

    static func measure(
        _ cell: Cell, seconds: Double = 8, _ study: (SessionStudySettings) -> any TrialStudy
    ) async throws -> Observation {
        try await TemporaryFolder.with { folder in
            let settings = SessionStudySettings(
                tandem: tandem, folder: folder,
                credentials: RunSettings.Credentials(
                    keySetPath: "", subscriberToken: "", publisherToken: "", owner: "alice"),
                capabilities: { Catalog.transport(named: TransportName(rawValue: $0))?.capabilities },
                publisher: { target, _ in try RequestPublisher(target) }, faults: Catalog.runnerFaults,
                profiles: Catalog.faults, paths: Catalog.paths)
            let trial = Trial(
                number: 1, block: 1, position: 1, cell: cell, warmupSeconds: 0.1, measureSeconds: seconds)
            var observation = Observation(
                experiment: "test", run: "test", seed: 1, trial: 1, block: 1, position: 1, cell: cell, status: .ok,
                startedAt: "", warmupSeconds: 0.1, measuredSeconds: 0)
            let study = study(settings)
            if let reason = study.rejection(of: cell) {
                (observation.status, observation.reason) = (.skipped, reason)
            } else {
                try await study.measure(trial, &observation)
            }
            return observation
        }
    }
}

/// Publishes one request after the other.
private final class RequestPublisher: AcknowledgingPublisher {
    private let requester: HTTPRequester
    private let port: Int
    private let updates: AsyncStream<Publication>
    private let queue: AsyncStream<Publication>.Continuation

    private struct Publication: Sendable {
        var update: OrderUpdate
        var answered: @Sendable (PublicationAnswer) -> Void
    }

    init(_ target: LoadSpecification.Target) throws {
        requester = try HTTPRequester()
        port = target.port
        (updates, queue) = AsyncStream.makeStream(of: Publication.self)
        Task { [updates, port, requester] in
            for await publication in updates {
                publication.answered(await Self.send(publication.update, to: port, over: requester))
            }
        }
    }

    func publish(_ update: OrderUpdate, answered: @escaping @Sendable (PublicationAnswer) -> Void) {
        queue.yield(Publication(update: update, answered: answered))
    }

    func shutdown() async {
        queue.finish()
        await requester.shutdown()
    }

    private static func send(
        _ update: OrderUpdate, to port: Int, over requester: HTTPRequester
    ) async -> PublicationAnswer {
        var request = ClientRequest(host: "127.0.0.1", port: port, path: "/orders/\(update.orderID)/updates")
        request.method = "POST"
        request.headers = [("content-type", "application/json")]
        update.appendJSON(to: &request.body)
        do {
            let answer = try await requester.send(request)
            let parts = String(decoding: answer.body, as: UTF8.self).split(separator: "\"")
            guard answer.status == 202, let position = parts.lazy.compactMap({ StreamPosition($0) }).first else {
                return .refused(status: answer.status, "status \(answer.status)")
            }
            return .accepted(position)
        } catch {
            return .unknown("\(error)")
        }
    }
}
