import Clocks
import OrderUpdates
import TransportCore

/// One delivery queue of an in-process server, with its connections.
///
/// The hub wakes it once for everything that was published since; it then lets each subscriber of an order with news
/// read on.
actor InProcessLoop {
    /// A connection that was accepted.
    private struct Connection {
        let link: InProcessLink
        let principal: Principal
        var cursor: InProcessCursor
        var lastWrite: MonotonicInstant
        /// Whether its link had no room for the next frame.
        var isBlocked = false
        /// Whether it has had its first state. A loss after that is caused by its own slowness.
        var isLive = false
        /// Whether the close was sent. The client then leaves.
        var isClosing = false
    }

    /// An order that connections of this loop follow.
    private struct Topic {
        let order: OrderID
        var subscribers: Set<Int> = []
    }

    /// How many updates one read takes from the hub.
    private static let batch = 64

    private nonisolated let queue = SerialQueue("in-process delivery")
    nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

    private let service: OrderService
    private let configuration: ServerConfiguration
    private let admission: InProcessAdmission
    nonisolated let counters = ServerCounters()
    private let clock = MonotonicClock()
    private var loop: LoopID?
    private var ticker: Task<Void, Never>?
    private var connections: [Int: Connection] = [:]
    private var topics: [Int: Topic] = [:]
    private var tokens: [OrderID: Int] = [:]
    private var lastToken = 0
    private var collected = Collected()
    /// Results that wait until what they acknowledge is committed. A connection's number is not reused.
    private var heldResults: [(sequence: UInt64, number: Int, frame: InProcessFrame)] = []
    private var isDraining = false
    /// When the next credential ends, and the task that then checks.
    private var nextEnd = Int64.max
    private var alarm: Task<Void, Never>?

    init(_ service: OrderService, _ configuration: ServerConfiguration, _ admission: InProcessAdmission) {
        self.service = service
        self.configuration = configuration
        self.admission = admission
    }

    // MARK: Life

    func start() {
        loop = service.hub.attachLoop { [weak self] in
            self?.submit { $0.deliver() }
        }
        service.auth.watchStatuses { [weak self] in
            self?.submit { $0.enforceCredentials() }
        }
        let tick = min(configuration.heartbeat.interval, configuration.limits.stalledReader) / 4
        ticker = Task { [weak self] in
            while (try? await Task.sleep(for: tick)) != nil, let loop = self {
                await loop.beat()
            }
        }
    }

    /// Accepts no more connections, and sends every connection the close `draining` after what it has not got yet.
    func drain() {
        isDraining = true
        for number in connections.keys {
            pump(number)
            close(number, .draining)
        }
    }

    /// Ends the remaining connections without a reason. Returns their number.
    func cut() -> Int {
        let count = connections.count
        for number in connections.keys {
            connections[number]!.link.sever()
            remove(number)
        }
        return count
    }

    func stop() {
        isDraining = true
        for number in connections.keys {
            connections[number]!.link.finish(.ended)
            remove(number)
        }
        ticker?.cancel()
        ticker = nil
        alarm?.cancel()
        alarm = nil
        if let loop { service.hub.detachLoop(loop) }
        loop = nil
    }

    // MARK: Connections

    nonisolated func accept(_ number: Int, _ link: InProcessLink, _ subscription: Subscription) {
        submit { $0.admit(number, link, subscription) }
    }

    nonisolated func receive(_ signal: InProcessLink.Signal, from number: Int) {
        submit { $0.handle(signal, from: number) }
    }

    private nonisolated func submit(_ task: @escaping @Sendable (isolated InProcessLoop) -> Void) {
        queue.submit { self.assumeIsolated(task) }
    }

    private func admit(_ number: Int, _ link: InProcessLink, _ subscription: Subscription) {
        counters.requests.count()
        let handshake = InProcessHandshake(subscription)
        switch handshake.judge(facts, configuration.limits) {
        case .refuse(let status, let retryAfter):
            refuse(link, status, retryAfter)
        case .accept(let principal):
            guard admission.admit(principal.subject) else {
                return refuse(link, 503, CloseReason.overloaded.retryAfter)
            }
            connections[number] = Connection(
                link: link, principal: principal,
                cursor: InProcessCursor(subscription.orders, after: subscription.after, in: service.hub),
                lastWrite: clock.now)
            counters.accepted.count()
            counters.connections.count()
            counters.subscribers.count(subscription.orders.count)
            let isWhole = subscription.orders.allSatisfy { follow($0, number, principal) }
            expectEnd(of: principal)
            _ = link.offer([.opened])
            if isWhole { pump(number) } else { close(number, .unknownOrder) }
        }
    }

    private var facts: InProcessFacts {
        InProcessFacts(hub: service.hub, auth: service.auth, isDraining: isDraining)
    }

    private func refuse(_ link: InProcessLink, _ status: Int, _ retryAfter: Int?) {
        counters.refused.count()
        link.finish(.refused(status: status, retryAfter: retryAfter))
    }

    private func handle(_ signal: InProcessLink.Signal, from number: Int) {
        guard let connection = connections[number] else { return }
        if connection.link.hasClientLeft { return remove(number) }
        switch signal {
        case .attend: pump(number)
        case .command(let command): perform(command, from: number)
        }
    }

    /// Sends the reason, which the client answers by leaving.
    private func close(_ number: Int, _ reason: CloseReason) {
        guard let connection = connections[number], !connection.isClosing else { return }
        connections[number]!.isClosing = true
        connection.link.finish(.reason(reason))
    }

    private func remove(_ number: Int) {
        guard let connection = connections.removeValue(forKey: number) else { return }
        for order in connection.cursor.orders { unfollow(order, number) }
        counters.subscribers.count(-connection.cursor.orders.count)
        counters.connections.count(-1)
        admission.release(connection.principal.subject)
    }

    // MARK: Delivery

    /// Returns false where the order has gone since the handshake, or now belongs to another owner.
    private func follow(_ order: OrderID, _ number: Int, _ principal: Principal) -> Bool {
        guard let loop else { return true }
        if let token = tokens[order] {
            topics[token]!.subscribers.insert(number)
            return true
        }
        lastToken += 1
        guard let snapshot = service.hub.watch(order, loop, token: lastToken) else { return false }
        guard principal.reaches(order, of: snapshot.owner) else {
            service.hub.unwatch(order, loop)
            return false
        }
        tokens[order] = lastToken
        topics[lastToken] = Topic(order: order, subscribers: [number])
        return true
    }

    private func unfollow(_ order: OrderID, _ number: Int) {
        guard let token = tokens[order], topics[token]!.subscribers.remove(number) != nil,
            topics[token]!.subscribers.isEmpty
        else { return }
        topics[token] = nil
        tokens[order] = nil
        if let loop { service.hub.unwatch(order, loop) }
    }

    private func deliver() {
        guard let loop else { return }
        service.hub.collect(loop, into: &collected)
        for entry in collected.entries {
            for number in topics[entry.token]?.subscribers ?? [] { pump(number) }
        }
        let due = heldResults.prefix { $0.sequence <= collected.sequence }
        heldResults.removeFirst(due.count)
        for result in due { offer(result.frame, to: result.number) }
    }

    /// Lets a connection read on until there is nothing new, or its link is full.
    private func pump(_ number: Int) {
        while let connection = connections[number], !connection.isClosing, step(number, connection) {}
    }

    /// Reads once. Returns whether there may be more.
    private func step(_ number: Int, _ connection: Connection) -> Bool {
        switch connection.cursor.next(limit: Self.batch) {
        case .nothing:
            return false
        case .updates(let updates):
            for (frame, place) in updates {
                guard write([frame], number, place) else { return false }
                counters.delivered.count()
            }
            return true
        case .snapshots(let frames, let place):
            return write(frames, number, place)
        case .loss(let frames, let place):
            guard !connection.isLive || configuration.slowConsumer == .positionLost else {
                cut(number, .slowConsumer)
                return false
            }
            guard write(frames, number, place) else { return false }
            counters.positionsLost.count(connection.cursor.orders.count)
            return true
        case .gone:
            close(number, .unknownOrder)
            return false
        }
    }

    private func write(_ frames: [InProcessFrame], _ number: Int, _ place: InProcessCursor.Place) -> Bool {
        connections[number]!.isBlocked = !connections[number]!.link.offer(frames)
        guard !connections[number]!.isBlocked else { return false }
        connections[number]!.cursor.place = place
        connections[number]!.isLive = true
        connections[number]!.lastWrite = clock.now
        return true
    }

    /// Ends a connection. The reason always fits into the link, but the server does not wait until it is read.
    private func cut(_ number: Int, _ reason: CloseReason) {
        counters.slowConsumersCut.count()
        close(number, reason)
        remove(number)
    }

    private func beat() {
        let idleSince = clock.now.advanced(by: .zero - configuration.heartbeat.interval)
        let stalledSince = clock.now.advanced(by: .zero - configuration.limits.stalledReader)
        for (number, connection) in connections where !connection.isClosing {
            if connection.isBlocked {
                if connection.lastWrite <= stalledSince { cut(number, .timeout) }
            } else if configuration.heartbeat.kind != .off, connection.lastWrite <= idleSince,
                connection.link.offer([.heartbeat])
            {
                connections[number]!.lastWrite = clock.now
                counters.heartbeats.count()
            }
        }
    }

    // MARK: Credentials

    /// A credential was admitted: the loop checks when it ends.
    private func expectEnd(of principal: Principal) {
        guard let end = principal.expires, end < nextEnd else { return }
        nextEnd = end
        let remaining = max(0, end * 1_000_000_000 - clock.unixNanoseconds)
        alarm?.cancel()
        alarm = Task { [weak self] in
            guard (try? await Task.sleep(for: .nanoseconds(remaining))) != nil else { return }
            await self?.enforceCredentials()
        }
    }

    /// Ends the connections whose credentials are no longer valid. What waits for their readers is dropped.
    private func enforceCredentials() {
        nextEnd = .max
        for (number, connection) in connections where !connection.isClosing {
            guard let reason = service.auth.status(of: connection.principal).closeReason else {
                expectEnd(of: connection.principal)
                continue
            }
            connection.link.sever(.reason(reason))
            remove(number)
        }
    }

    // MARK: Commands

    private func perform(_ command: ClientCommand, from number: Int) {
        counters.requests.count()
        let result = CommandResult.perform(
            command.name, on: command.order.description, reason: nil, connections[number]!.principal, service.hub, facts
        )
        let frame = InProcessFrame.commandResult(
            id: command.id, accepted: result.isAccepted, message: result.message)
        if result.isAccepted, let loop, let sequence = service.hub.awaitShown(loop) {
            heldResults.append((sequence, number, frame))
        } else {
            offer(frame, to: number)
        }
    }

    private func offer(_ frame: InProcessFrame, to number: Int) {
        // The results of commands that are not read must not pile up either.
        guard let connection = connections[number], !connection.link.offer([frame]) else { return }
        cut(number, .slowConsumer)
    }
}

/// The facts about an in-process server for admission. Its own limits are counted when a connection is accepted.
private struct InProcessFacts: AdmissionFacts {
    let hub: OrderEventHub
    let auth: any AuthScheme
    let isDraining: Bool
    var isFull: Bool { false }

    func openingWait() -> Int? { nil }
    func owner(of order: OrderID) -> Subject? { hub.order(order)?.owner }
}
