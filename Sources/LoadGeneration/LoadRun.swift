public import Clocks
import ExperimentModel
import Measurement
import OrderUpdates
import Threads
public import TransportCore

/// Runs one load against one server, once: connects a population, publishes by a schedule, and measures a window.
///
/// Its phases are: prove fairness, connect, warm up, measure, drain, hold, close. Each phase is reported when it
/// begins.
public struct LoadRun: Sendable {
    let specification: LoadSpecification
    let transport: any ClientTransport
    let publisher: (any UpdatePublisher)?
    let credential: Credential
    let clock: any TimeSource
    let report: @Sendable (LoadEvent) async throws -> Void

    /// - Parameters:
    ///   - publisher: nil if the server publishes, or nobody does.
    ///   - credential: the subscribers' credential; nil for the specification's token as a bearer token.
    ///   - report: gets each event at once. If the event has `waits`, the run continues after it returns.
    public init(
        _ specification: LoadSpecification, transport: any ClientTransport, publisher: (any UpdatePublisher)?,
        credential: Credential? = nil, clock: some TimeSource = MonotonicClock(),
        report: @escaping @Sendable (LoadEvent) async throws -> Void
    ) {
        self.specification = specification
        self.transport = transport
        self.publisher = publisher
        self.credential = credential ?? specification.subscriberToken.map { .bearer($0) } ?? .none
        self.clock = clock
        self.report = report
    }

    /// - Throws: `LoadError`, and `CancellationError` if the task is cancelled; connections are closed first.
    public func run() async throws -> LoadResult {
        try LoadCheck(specification, capabilities: transport.capabilities).check()
        var configuration = ClientConfiguration()
        configuration.trustedAuthorities = specification.target.trustedAuthorities
        configuration.certificate = specification.subscriberCertificate
        configuration.proxy = specification.target.proxy
        let digest = try await provenFairness(configuration)
        let anchor = WallClockAnchor(clock)
        let recorder = PopulationRecorder(
            state: PopulationState(
                subscribers: specification.load.connections, readers: specification.readers,
                orders: specification.load.orders, numbering: numbering,
                coalesces: !transport.capabilities.replays, wallOffset: anchor.offset),
            reading: try PayloadReading(specification.foreign), expectsSnapshot: specification.expectsSnapshot,
            // A server that publishes by itself cannot be asked for single updates, so its first ones are digested.
            digestedUpdates: specification.publishing == .server ? specification.fairnessUpdates : 0, clock: clock)
        try await report(event(.started, recorder, waits: true))
        let before = try ResourceUsage.ofThisProcess()
        // The publisher's sockets, which do not count as the subscribers'.
        let others = SocketTraffic()
        let population = SubscriberPopulation(
            specification, client: try await transport.makeClient(configuration), endpoint: endpoint,
            credential: credential, recorder: recorder)
        let measured: Measured
        do {
            measured = try await measure(population, recorder, anchor, others)
        } catch {
            await population.close()
            throw error
        }
        try await report(event(.held, recorder, waits: true))
        let held = try ResourceUsage.ofThisProcess()
        try await population.readAgain()
        await population.close()
        // The server notices the closed connections a moment later.
        try await Task.sleep(for: .microseconds(20_000 + 20 * specification.load.connections))
        try await report(event(.closed, recorder, waits: true))
        return result(
            measured, recorder, digest: digest ?? recorder.digest,
            memory: (before: before, held: held, after: try ResourceUsage.ofThisProcess()))
    }

    var endpoint: Endpoint {
        let target = specification.target
        return Endpoint(host: target.host, port: target.port, h2cPort: target.h2cPort, tls: target.tls)
    }

    private var numbering: PopulationState.Numbering {
        let hasSequence = specification.foreign?.sequencePointer != nil
        return switch specification.publishing {
        case .server: .offset
        case .elsewhere: specification.foreign == nil ? .learnedOffset : hasSequence ? .learnedSequence : .unnumbered
        case .http, .none: hasSequence ? .sequence : .timestamp
        }
    }

    func event(_ name: LoadEvent.Name, _ recorder: PopulationRecorder, waits: Bool = false) -> LoadEvent {
        var event = LoadEvent(name)
        if waits, specification.isSupervised { event.waits = true }
        event.connections = recorder.connections.ready
        event.delivered = recorder.deliveries
        return event
    }

    private func provenFairness(_ configuration: ClientConfiguration) async throws -> String? {
        guard specification.fairnessUpdates > 0, specification.publishing != .server, let publisher else { return nil }
        let client = try await transport.makeClient(configuration)
        let gate = FairnessGate(
            specification: specification, client: client, endpoint: endpoint, credential: credential,
            publisher: publisher, clock: clock)
        return try await withEnd {
            await client.shutdown()
        } _: {
            try await gate.digest()
        }
    }
}
