import Clocks
import Compression
import LWS
public import OrderUpdates
import Synchronization
public import TransportCore

/// One event loop of a server: its streams, the orders that they follow, and the requests. Confined to the loop's
/// thread.
///
/// A subscriber is a cursor into an order's timeline. A new event is encoded once for each encoding, and written to
/// every subscriber of the order directly from the loop. A subscriber that cannot take it stays at its position, and
/// catches up from the hub when its socket is writable again. So live delivery, replay and the slow reader are one
/// mechanism.
public final class ServerLoop {
    /// An order that this loop follows.
    struct Topic {
        var order: OrderID
        var owner: Subject
        var epoch: UInt64
        /// Indices of subscriptions.
        var subscribers: [Int32] = []
        /// Long polls that wait for news.
        var waiters: [WaitingPoll] = []
        var isUnused: Bool { subscribers.isEmpty && waiters.isEmpty }
    }

    public let service: OrderService
    public let configuration: ServerConfiguration
    let context: LoopContext
    let counters: ServerCounters
    let population: ServerPopulation
    let monitor: DeliveryMonitor
    let log: ServerLog
    private let routes: [Route]
    let webSockets: [any WebSocketEndpoint]
    let crossOrigin: CrossOrigin
    let fleet: ServerFleet
    let loopID: LoopID

    var streams = StreamTable()
    var subscriptions = Slab<Subscriber>()
    var topics = Slab<Topic>()
    var tokens: [OrderID: Int32] = [:]
    /// The number over all topics.
    var waitingPolls = 0
    var principals = PrincipalTable()
    /// When the next credential ends, and the timer that wakes the loop then.
    var nextEnd = Int64.max
    lazy var endTimer = context.makeTimer { [unowned self] in enforceCredentials() }
    /// Requests whose answers other threads produce, by the order in which they came.
    var awaitedAnswers: [Int: ServerRequest] = [:]
    var lastAwaited = 0
    var encodings: [WireEncoding] = []
    private(set) lazy var inflater = MessageInflater()
    var wheel = HeartbeatWheel()
    var collected = Collected()
    var batch = EncodedBatch()
    /// Streams of many orders that have news.
    var dirtyMerged: [Int] = []
    /// Requests that wait for their bodies, with the time by which these must have come.
    var awaitedBodies: [ObjectIdentifier: (exchange: Exchange, deadline: MonotonicInstant)] = [:]
    /// Answers that wait until what they acknowledge is committed.
    var heldAnswers: [HeldAnswer] = []
    package internal(set) var isDraining = false
    /// The rest of a paced drain.
    var departure: Departure?
    lazy var drainTimer = context.makeTimer { [unowned self] in continueDrain() }
    /// The number of streams a second ago, and when memory was last released.
    private var lastCount = 0
    private var trimmedCount = 0

    public var hub: OrderEventHub { service.hub }

    init(
        _ context: LoopContext, service: OrderService, configuration: ServerConfiguration, routes: [Route],
        webSockets: [any WebSocketEndpoint], counters: ServerCounters, population: ServerPopulation,
        monitor: DeliveryMonitor, log: ServerLog, fleet: ServerFleet,
        wake: @escaping @Sendable () -> Void
    ) {
        self.context = context
        self.service = service
        self.configuration = configuration
        self.routes = routes
        self.webSockets = webSockets
        self.counters = counters
        self.population = population
        self.monitor = monitor
        self.log = log
        self.fleet = fleet
        crossOrigin = CrossOrigin(configuration, service.auth)
        loopID = service.hub.attachLoop(wake: wake)
        context.woken = { [unowned self] in flush() }
        context.finishing = { [unowned self] in hub.detachLoop(loopID) }
        let tick = max(
            1, configuration.heartbeat.interval.nanoseconds / 1_000_000 / Int64(HeartbeatWheel.ticksPerInterval))
        context.every(milliseconds: UInt64(tick)) { [unowned self] in beat() }
        context.every(milliseconds: 1000) { [unowned self] in
            expirePolls()
            endOverdue()
            refuseLateBodies()
            releaseMemory()
        }
    }

    /// The index of an encoding, which is made when it is first needed. Formats of one type count as equal.
    func encoding(_ format: some StreamFormat, _ framing: Framing, isCompressed: Bool = false) -> UInt8 {
        if let index = encodings.firstIndex(where: {
            type(of: $0.format) == type(of: format) && $0.framing == framing && ($0.deflater != nil) == isCompressed
        }) {
            return UInt8(index)
        }
        precondition(encodings.count < 255, "a server has few formats")
        encodings.append(
            WireEncoding(format: format, framing: framing, deflater: isCompressed ? MessageDeflater() : nil))
        return UInt8(encodings.count - 1)
    }

    /// Returns freed memory to the system after the number of streams has changed by many and is stable again: the
    /// memory of streams that have ended, and of the handshakes of new ones.
    private func releaseMemory() {
        let count = streams.count
        defer { lastCount = count }
        guard count == lastCount, abs(count - trimmedCount) >= 1000 else { return }
        trimmedCount = count
        if count == 0 {
            streams = StreamTable()
            subscriptions = Slab()
            wheel = HeartbeatWheel(now: wheel.now)
        }
        EventLibrary.releaseFreedMemory()
    }

    // MARK: Topics

    /// The loop's token for an order that a principal was admitted to. From then on the loop follows the order. Nil
    /// where the order has gone since it was looked up, or now belongs to another owner.
    func topic(for order: OrderID, of principal: Principal) -> Int32? {
        guard let token = topic(for: order) else { return nil }
        guard principal.reaches(order, of: topics[token].owner) else {
            leaveIfUnused(token)
            return nil
        }
        return token
    }

    private func topic(for order: OrderID) -> Int32? {
        if let token = tokens[order] { return token }
        let token = topics.insert(Topic(order: order, owner: "", epoch: 0))
        guard let snapshot = hub.watch(order, loopID, token: Int(token)) else {
            topics.remove(token)
            return nil
        }
        topics[token].owner = snapshot.owner
        topics[token].epoch = snapshot.position.epoch
        tokens[order] = token
        return token
    }

    func leaveIfUnused(_ token: Int32) {
        guard topics[token].isUnused else { return }
        let order = topics[token].order
        hub.unwatch(order, loopID)
        tokens[order] = nil
        topics[token] = Topic(order: order, owner: "", epoch: 0)
        topics.remove(token)
    }

    // MARK: Admission

    /// The orders that a request names. All of them must exist and be the principal's.
    func authorize(
        _ names: [String], _ principal: Principal, anyOwner: Bool = false
    ) throws(Rejection) -> [OrderID] {
        try Admission.authorize(names, principal, anyOwner: anyOwner, self)
    }
}

extension ServerLoop: AdmissionFacts {
    package var auth: any AuthScheme { service.auth }

    package var isFull: Bool { population.connections.load(ordering: .relaxed) > configuration.limits.connections }

    package func openingWait() -> Int? { population.refusal() }

    package func owner(of order: OrderID) -> Subject? {
        tokens[order].map { topics[$0].owner } ?? hub.order(order)?.owner
    }
}

// MARK: - Routing

extension ServerLoop {
    /// Finds the route, verifies the credential, and calls the handler: now, or once the body is complete.
    func route(_ exchange: Exchange) {
        counters.requests.count()
        let origin = exchange.header("origin").map { Origin($0) }
        let isAllowed = crossOrigin.allows(exchange)
        let echoed = isAllowed ? origin : nil
        if let rejection = exchange.rejection { return refuse(exchange, rejection) }
        if exchange.method == .options, let origin {
            guard isAllowed else {
                return refuse(exchange, 403, "the origin is not allowed", origin: nil)
            }
            return exchange.respond(crossOrigin.preflight(origin))
        }
        if exchange.method == .options, exchange.path == "*" {
            // The server as a whole (RFC 9110, section 9.3.7).
            return exchange.respond(
                Response(
                    status: 200, headers: [("allow", CrossOrigin.methods)] + crossOrigin.headers(for: echoed)))
        }
        let path = exchange.pathSegments
        let method = exchange.method == .head ? .get : exchange.method
        for route in routes where route.method == method {
            let (matches, parameter) = route.match(path)
            guard matches else { continue }
            if exchange.method == .head, route.streams { break }
            admit(exchange, route, parameter, origin: echoed)
            return
        }
        let allowed = Set(routes.filter { $0.match(path).matches }.map(\.method.rawValue))
        if allowed.isEmpty, method == .get, !exchange.isHTTP2, webSockets.contains(where: { $0.serves(path) }) {
            // RFC 9110, section 15.5.22.
            refuse(
                exchange, 426, "open a WebSocket at this path (RFC 6455, section 4)",
                headers: [("upgrade", "websocket"), ("connection", "upgrade")], origin: echoed)
        } else if allowed.isEmpty {
            refuse(exchange, 404, "there is nothing at this path", origin: echoed)
        } else {
            let methods = allowed.sorted().joined(separator: ", ")
            refuse(
                exchange, 405, "this path takes \(methods)", headers: [("allow", methods)], origin: echoed,
                closes: exchange.method == .post)
        }
    }

    /// Refuses a request, counts it, and logs why.
    /// - Parameter cause: the text for the log, where the peer gets less.
    private func refuse(
        _ exchange: Exchange, _ status: Int, _ detail: String, because cause: String? = nil,
        headers: [(name: String, value: String)] = [], origin: Origin?, closes: Bool = false
    ) {
        counters.refused.count()
        log.refused(status, exchange.path, cause ?? detail)
        exchange.respond(
            .problem(status, detail, headers: headers + crossOrigin.headers(for: origin), closes: closes))
    }

    private func refuse(_ exchange: Exchange, _ rejection: RequestRejection) {
        let rule = rejection.rule
        refuse(
            exchange, rule.status, rule.detail, because: rejection.words, headers: rule.headers, origin: nil,
            closes: true)
    }

    private func admit(_ exchange: Exchange, _ route: Route, _ parameter: String?, origin: Origin?) {
        if case .anyone = route.access {
            let nobody = Principal(subject: "", scopes: [])
            route.handle(
                ServerRequest(exchange, on: self, principal: nobody, parameter: parameter, route: route, origin: origin)
            )
            return
        }
        let target = HandshakeTarget(
            transport: route.transport,
            orders: (parameter.map { [$0] } ?? exchange.queries("order")).map { OrderName($0) })
        let principal: Principal
        do throws(Rejection) {
            principal = try Admission.judge(
                ServerHandshake(exchange, target: target), .init(scope: route.scope, opensStream: route.streams), self
            ).principal
        } catch {
            return refuse(
                exchange, error.status, error.detail, because: error.cause, headers: error.allHeaders, origin: origin,
                closes: error.closes || route.takesBody)
        }
        let request = ServerRequest(
            exchange, on: self, principal: principal, parameter: parameter, route: route, origin: origin)
        guard route.takesBody, !exchange.hasWholeBody else {
            route.handle(request)
            return
        }
        exchange.bodyLimit = configuration.limits.bodyBytes
        exchange.context = request
        if let length = exchange.announcedLength, length > exchange.bodyLimit {
            refuse(exchange, 413, bodyTooLarge, origin: origin, closes: true)
        } else if !exchange.announcesBody {
            refuse(exchange, 411, "the request needs a content-length", origin: origin, closes: true)
        } else {
            let deadline = MonotonicClock().now.advanced(by: configuration.limits.bodyDeadline)
            awaitedBodies[ObjectIdentifier(exchange)] = (exchange, deadline)
        }
    }

    /// Refuses the requests whose bodies take too long, even if they keep coming. Called once a second.
    private func refuseLateBodies() {
        guard !awaitedBodies.isEmpty else { return }
        let now = MonotonicClock().now
        for (key, awaited) in awaitedBodies where awaited.deadline <= now {
            awaitedBodies[key] = nil
            let request = awaited.exchange.context as? ServerRequest
            awaited.exchange.closesConnection = true
            refuse(
                awaited.exchange, 408, "the body has not come within \(configuration.limits.bodyDeadline.seconds) s",
                origin: request?.origin, closes: true)
        }
    }

    private var bodyTooLarge: String { "the body may have \(configuration.limits.bodyBytes) bytes" }

    func routeBody(_ exchange: Exchange) {
        awaitedBodies[ObjectIdentifier(exchange)] = nil
        guard let request = exchange.context as? ServerRequest else { return }
        exchange.context = nil
        if let rejection = exchange.rejection {
            refuse(exchange, rejection)
        } else if exchange.bodyExceeded {
            refuse(exchange, 413, bodyTooLarge, origin: request.origin, closes: true)
        } else {
            request.route.handle(request)
        }
    }
}
