import Clocks
package import ExperimentModel
package import NIOCore
import NIOPosix

/// The proxy's connections and faults.
///
/// Confined to its event loop: so faults begin and end between two events of any connection, and no lock is needed.
package final class ProxyCore {
    package let eventLoop: any EventLoop
    private let target: SocketAddress
    private let faults: [any Fault.Type]
    private let maximumConnections: Int
    private let seed: UInt64
    private let complain: @Sendable (String) -> Void
    private let clock = MonotonicClock()

    private var connections: [Int: ProxiedConnection] = [:]
    package private(set) var accepted = 0
    package private(set) var activeFaults: [ActiveFault] = []
    private var begun = 0
    package private(set) var log = FaultLog()
    package private(set) var plan: [FaultStep] = []
    /// CLOCK_MONOTONIC, nanoseconds; nil before the first plan.
    package private(set) var planStartedAt: Int64?
    private var planned: [Scheduled<Void>] = []
    private var hasComplained = false

    init(
        _ eventLoop: any EventLoop, target: SocketAddress, faults: [any Fault.Type], maximumConnections: Int,
        seed: UInt64, complain: @escaping @Sendable (String) -> Void
    ) {
        self.eventLoop = eventLoop
        self.target = target
        self.faults = faults
        self.maximumConnections = maximumConnections
        self.seed = seed
        self.complain = complain
    }

    package var profiles: [FaultProfile] { faults.map { $0.profile } }

    /// In the order of accepting.
    package var openConnections: [ProxiedConnection] { connections.values.sorted { $0.id < $1.id } }

    // MARK: Faults

    /// Begins a fault now, for all current and future connections.
    ///
    /// - Returns: the fault, which is already over if it does not last.
    package func begin(_ step: FaultStep) throws(FaultError) -> ActiveFault {
        let profile = try step.check(among: profiles)
        guard let type = faults.first(where: { $0.profile.name == profile.name }) else {
            preconditionFailure("'\(profile.name)' was found among the profiles")
        }
        begun += 1
        let settings = FaultParameters(step, profile)
        let active = ActiveFault(
            id: begun, step, type.init(settings), settings, seed: seed, beganAt: clock.now.nanoseconds)
        log.append(.began, active)
        if profile.lasts { activeFaults.append(active) }
        // A connection that has been accepted and is not active yet gets the active faults when it opens.
        for connection in openConnections where connection.hasOpened && active.touches(connection.id) {
            if profile.lasts { connection.begin(active) }
            active.fault.strike(connection, active)
        }
        if !profile.lasts {
            log.append(.ended, active)
        } else if let seconds = step.for {
            active.end = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(seconds: seconds)) { self.end(active) }
        }
        return active
    }

    /// Repairs one fault, or all that last.
    ///
    /// - Returns: how many there were.
    package func end(id: Int? = nil) -> Int {
        let ending = activeFaults.filter { id == nil || $0.id == id }
        ending.forEach(end)
        return ending.count
    }

    private func end(_ active: ActiveFault) {
        guard let index = activeFaults.firstIndex(where: { $0 === active }) else { return }
        activeFaults.remove(at: index)
        active.end?.cancel()
        for connection in openConnections { connection.end(active) }
        log.append(.ended, active)
    }

    // MARK: The plan

    /// Ends all faults, and begins the steps at their times, counted from now.
    package func follow(_ steps: [FaultStep]) throws(FaultError) {
        for step in steps { _ = try step.check(among: profiles) }
        planned.forEach { $0.cancel() }
        _ = end()
        plan = steps.sorted { $0.at < $1.at }
        planStartedAt = clock.now.nanoseconds
        let start = NIODeadline.now()
        planned = plan.map { step in
            eventLoop.assumeIsolated().scheduleTask(deadline: start + TimeAmount(seconds: step.at)) {
                do {
                    _ = try self.begin(step)
                } catch {
                    preconditionFailure("the step was checked: \(error)")
                }
            }
        }
    }

    // MARK: Connections

    /// Takes a client's channel, which is not active yet.
    package func accept(_ channel: any Channel) throws {
        accepted += 1
        guard connections.count < maximumConnections else { return refuse(channel) }
        let connection = ProxiedConnection(channel, id: accepted, openedAt: clock.now.nanoseconds, core: self)
        try connection.prepare()
        connections[accepted] = connection
    }

    private func refuse(_ channel: any Channel) {
        log.append(.refused, connection: accepted)
        SocketEdge.makeResetting(channel)
        channel.close(promise: nil)
        guard !hasComplained else { return }
        hasComplained = true
        complain(
            "refuses connections beyond \(maximumConnections): each takes two descriptors; raise `ulimit -n` and "
                + "--connections")
    }

    func remove(_ connection: ProxiedConnection) { connections[connection.id] = nil }

    func note(_ event: FaultLog.Event, _ fault: ActiveFault?, connection: Int) {
        log.append(event, fault, connection: connection)
    }

    func connect(
        _ prepare: @escaping (any Channel) throws -> Void,
        whenDone: @escaping (Result<any Channel, any Error>) -> Void
    ) {
        let prepare = NIOLoopBound(prepare, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(.seconds(10))
            .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try prepare.value(channel) } }
            .connect(to: target)
            .assumeIsolated().whenComplete(whenDone)
    }

    /// Ends all faults and connections.
    func stop() {
        planned.forEach { $0.cancel() }
        planned = []
        for active in activeFaults { active.end?.cancel() }
        for connection in openConnections { connection.reset() }
    }
}

extension TimeAmount {
    /// Rounded to nanoseconds.
    init(seconds: Double) { self = .nanoseconds(Int64((seconds * 1e9).rounded())) }
    init(milliseconds: Double) { self.init(seconds: milliseconds / 1e3) }
}
