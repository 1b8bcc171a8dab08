public import Clocks
public import OrderUpdates
public import TransportCore

/// Runs a population of sessions: connects it, then carries out the commands of its supervisor until it is told to
/// finish.
public struct SessionRun: Sendable {
    let specification: SessionSpecification
    let transport: any ClientTransport
    let credential: Credential
    let clock: any TimeSource
    let fetch: @Sendable (OrderID) async -> StreamPosition?
    let nextCommand: @Sendable () async throws -> SessionCommand?
    let report: @Sendable (SessionEvent) async throws -> Void

    /// - Parameters:
    ///   - fetch: gets the position of an order's state by a GET, within a time limit of its own; nil if there was no
    ///     answer.
    ///   - nextCommand: waits for the next command; nil if the supervisor has gone.
    public init(
        _ specification: SessionSpecification, transport: any ClientTransport, credential: Credential,
        clock: some TimeSource = MonotonicClock(),
        fetch: @escaping @Sendable (OrderID) async -> StreamPosition?,
        nextCommand: @escaping @Sendable () async throws -> SessionCommand?,
        report: @escaping @Sendable (SessionEvent) async throws -> Void
    ) {
        self.specification = specification
        self.transport = transport
        self.credential = credential
        self.clock = clock
        self.fetch = fetch
        self.nextCommand = nextCommand
        self.report = report
    }

    /// - Throws: `LoadError`, and `CancellationError` if the task is cancelled; connections are closed first.
    public func run() async throws {
        if let rejection = rejection { throw LoadError(.unsupported, rejection) }
        var configuration = ClientConfiguration()
        configuration.trustedAuthorities = specification.target.trustedAuthorities
        configuration.certificate = specification.certificate
        // The state machine has an earlier deadline of its own, and ends the attempts that it gives up.
        configuration.connectDeadline =
            specification.policy.connectTimeout.map { $0 + .seconds(1) } ?? .seconds(90)
        let target = specification.target
        let shared = try SessionPopulation.Shared(
            specification, client: try await transport.makeClient(configuration),
            endpoint: Endpoint(host: target.host, port: target.port, h2cPort: target.h2cPort, tls: target.tls),
            credential: credential, replays: transport.capabilities.replays, clock: clock, fetch: fetch)
        let population = try SessionPopulation(shared)
        do {
            let start = clock.now
            let connected = try await population.connect { ready in
                var event = event(.progress)
                event.sessions = ready
                try await report(event)
            }
            var ready = event(.ready)
            ready.sessions = connected
            ready.seconds = start.duration(to: clock.now).seconds
            try await report(ready)
            try await obey(population)
        } catch {
            _ = await population.close()
            throw error
        }
        var result = event(.result)
        result.result = await population.close()
        try await report(result)
    }

    /// Carries out commands until `finish`.
    private func obey(_ population: SessionPopulation) async throws {
        while let command = try await nextCommand() {
            var answer = event(.done)
            switch command.command {
            case .fault: population.faultBegan()
            case .repaired: population.repaired(at: command.at ?? clock.now.nanoseconds)
            case .stopReading: answer.sessions = population.setReading(false, first: command.sessions ?? 0)
            case .read: answer.sessions = population.setReading(true, first: specification.total)
            case .vanish: answer.sessions = try population.vanish(command.sessions ?? 0)
            case .quiesce:
                answer = event(.quiesced)
                answer.sessions = try await population.quiesce(
                    within: .nanoseconds(Int64((command.seconds ?? 1) * 1e9)))
                answer.at = clock.now.nanoseconds
            case .finish: return
            }
            try await report(answer)
        }
        throw LoadError(.interrupted, "the supervisor has gone")
    }

    private func event(_ name: SessionEvent.Name) -> SessionEvent { SessionEvent(name, at: clock.now.nanoseconds) }

    private var rejection: String? {
        if specification.sessions < 1 || specification.orders < 1 {
            return "a population has at least one session and one order"
        }
        if ProtocolVersion(rawValue: specification.protocolVersion) == nil {
            return "'\(specification.protocolVersion)' is no version of HTTP: take h1 or h2"
        }
        return specification.policy.rejection
    }
}
