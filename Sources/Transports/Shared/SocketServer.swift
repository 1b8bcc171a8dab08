import Clocks
import Glibc
import LWS
public import Logging
import OrderUpdates
import Synchronization
public import TransportCore

/// A transport over sockets, by what it adds to the shared HTTP server.
public protocol SocketTransport: ServerTransport {
    /// Called once for each loop, on its thread.
    var routes: [Route] { get }
    var webSockets: (any WebSocketEndpoint)? { get }
}

extension SocketTransport {
    public var webSockets: (any WebSocketEndpoint)? { nil }

    public func start(_ service: OrderService, _ configuration: ServerConfiguration) async throws -> any RunningServer {
        try SocketServer(service, configuration, transports: [self])
    }
}

/// One HTTP server for any number of transports: N loops, each with its own listener on the same port.
public final class SocketServer: RunningServer {
    public let endpoint: Endpoint
    /// The maximum number of TCP connections: the configured one, or what the process's descriptors allow.
    public let connectionLimit: Int
    private let loops: [EventLoop]
    private let fleet: ServerFleet
    private let counters: [ServerCounters]
    private let population: ServerPopulation
    private let hub: OrderEventHub
    private let monitor = DeliveryMonitor()
    private let isStopped = Mutex(false)

    /// Serves until it is drained or stopped.
    /// - Parameter logger: gets a line for each refusal, on the loops' threads.
    /// - Throws: `TransportError` where the address is in use, a file is missing, or the loops cannot start.
    public init(
        _ service: OrderService, _ configuration: ServerConfiguration, transports: [any SocketTransport],
        logger: Logger = Logger(label: "tandem.server")
    ) throws {
        var configuration = configuration
        let suffices = Self.connections(within: Self.descriptorLimit, loops: configuration.loops)
        configuration.limits.connections = min(configuration.limits.connections, suffices)
        connectionLimit = configuration.limits.connections
        let population = ServerPopulation(acceptRate: configuration.limits.acceptRate)
        self.population = population
        hub = service.hub
        let headerSeconds = max(1, Int(configuration.limits.headerDeadline.seconds.rounded(.up)))
        let routes =
            OrderAPI.routes + service.auth.endpoints.map { Route($0) }
            + transports.flatMap { transport in transport.routes.map { $0.of(transport.name) } }
        let fleet = ServerFleet()
        let webSockets = transports.compactMap(\.webSockets)
        precondition(webSockets.count <= 255, "a server has few kinds of WebSockets")
        let names = webSockets.compactMap(\.subprotocol)
        precondition(
            Set(names).count == names.count && !names.contains("http") && names.allSatisfy { $0.isSubprotocol }
                && names.reduce(0) { $0 + $1.utf8.count + 2 } <= 127,
            "subprotocols are tokens of at most 63 bytes, each once, and few: \(names)")
        let log = ServerLog(logger)
        var sockets: [ListeningSocket] = []
        var h2cSockets: [ListeningSocket] = []
        var loops: [EventLoop] = []
        var counters: [ServerCounters] = []
        do {
            for _ in 0..<max(1, configuration.loops) {
                sockets.append(
                    try ListeningSocket(
                        host: configuration.host, port: configuration.port, joins: sockets.first))
                guard configuration.h2c, configuration.tls == nil else { continue }
                h2cSockets.append(
                    try ListeningSocket(host: configuration.host, port: configuration.h2cPort, joins: h2cSockets.first)
                )
            }
            for index in sockets.indices {
                let listening = ServerListening(
                    socket: sockets[index], h2cSocket: h2cSockets.isEmpty ? nil : h2cSockets[index],
                    certificate: configuration.tls?.certificate, key: configuration.tls?.key,
                    clientAuthorities: configuration.tls?.clientAuthorities,
                    http2: configuration.http2, headerDeadline: headerSeconds,
                    headerBytes: configuration.limits.headerBytes, bodyBytes: configuration.limits.bodyBytes,
                    http2Streams: configuration.limits.http2Streams, bodyDeadline: configuration.limits.bodyDeadline,
                    unsentBytes: max(1, configuration.limits.pendingBytes / 4),
                    subprotocols: names, deflatesMessages: configuration.compression == .permessageDeflate,
                    peerTimeout: Int(clamping: configuration.limits.stalledReader.nanoseconds / 1_000_000))
                let counter = ServerCounters()
                let monitor = monitor
                let waker = LoopWaker()
                let loop = try EventLoop(
                    name: "tandem-loop-\(index)", headerBytes: configuration.limits.headerBytes,
                    handshakeSeconds: headerSeconds, readBytes: EventLoop.leastReadBytes
                ) { [configuration] context in
                    let server = ServerLoop(
                        context, service: service, configuration: configuration, routes: routes, webSockets: webSockets,
                        counters: counter, population: population, monitor: monitor, log: log, fleet: fleet,
                        wake: { waker.wake() })
                    try context.serve(listening, delegate: server)
                }
                waker.bind(loop)
                fleet.add(loop)
                loops.append(loop)
                counters.append(counter)
            }
        } catch {
            loops.forEach { $0.stop() }
            sockets.dropFirst(loops.count).forEach { $0.close() }
            h2cSockets.dropFirst(loops.count).forEach { $0.close() }
            guard let error = error as? LWSError else { throw error }
            throw TransportError(Self.code(of: error, configuration), error.message)
        }
        self.fleet = fleet
        // A weak reference, because the scheme may later serve another server.
        service.auth.watchStatuses { [weak fleet] in fleet?.submit { $0.enforceCredentials() } }
        self.loops = loops
        self.counters = counters
        endpoint = Endpoint(
            host: configuration.host, port: sockets[0].port, h2cPort: h2cSockets.first?.port,
            tls: configuration.tls != nil)
    }

    /// Whether the configuration is invalid, or the machine lacks something.
    private static func code(of error: LWSError, _ configuration: ServerConfiguration) -> TransportError.Code {
        switch error.function {
        case "bind": .addressInUse
        case "inet_pton": .invalidConfiguration
        // Without TLS nothing in the configuration of a virtual host can be wrong.
        case "lws_create_vhost" where configuration.tls != nil: .invalidConfiguration
        default: .unavailable
        }
    }

    /// The maximum number of descriptors of this process.
    public static var descriptorLimit: Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }

    /// How many connections this number of descriptors allows. Some are for the process and its loops, and some for
    /// connections that only get the answer that the limit is reached.
    static func connections(within descriptors: Int, loops: Int) -> Int {
        let free = descriptors - 64 - 16 * max(1, loops)
        return max(1, free - ServerLoop.refusable(beyond: free))
    }

    public var statistics: ServerStatistics {
        var total = ServerStatistics()
        for counter in counters { counter.add(to: &total) }
        return total
    }

    /// Blocks the calling thread until this many updates in total were passed to their readers' sockets. Returns
    /// false where `bound` passes first. One thread may call it at a time.
    public func awaitDelivered(_ count: Int, within bound: Duration) -> Bool {
        monitor.wait(within: bound) { statistics.delivered >= count }
    }

    @discardableResult
    public func drain(within bound: Duration) async -> Int {
        guard !isStopped.withLock({ $0 }) else { return 0 }
        let clock = MonotonicClock()
        let deadline = clock.now.advanced(by: bound)
        for loop in loops {
            loop.submit { ($0.delegate as? ServerLoop)?.drain(within: bound) }
        }
        // The loop looks every few milliseconds, which affects no measurement.
        while openStreams > 0 || isAboutToAnswer, clock.now < deadline {
            try? await Task.sleep(for: .milliseconds(5))
        }
        let left = openStreams
        await stop()
        return left
    }

    /// The open event streams, WebSockets and long polls.
    public var openStreams: Int { counters.reduce(0) { $0 + $1.streams.load(ordering: .relaxed) } }
    /// Where the journal has failed, the answer is unknown, and ending the connection is correct.
    private var isAboutToAnswer: Bool {
        counters.contains { $0.awaitedAnswers.load(ordering: .relaxed) > 0 }
            || counters.contains { $0.heldAnswers.load(ordering: .relaxed) > 0 } && !hub.journalHasFailed
    }

    public func stop() async {
        let first = isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard first else { return }
        for loop in loops { await loop.end() }
    }
}

extension String {
    /// Whether it is a token (RFC 9110, section 5.6.2) that libwebsockets has room for.
    fileprivate var isSubprotocol: Bool {
        (1...63).contains(utf8.count)
            && utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}

/// Lets the hub wake a loop that is made after its waker.
private final class LoopWaker: Sendable {
    private struct State {
        var loop: EventLoop?
        var isOwed = false
    }

    private let state = Mutex(State())

    func bind(_ loop: EventLoop) {
        let isOwed = state.withLock { state in
            state.loop = loop
            return state.isOwed
        }
        if isOwed { loop.wake() }
    }

    /// The loop serves before it is bound here, and the hub wakes it only once until it collects. So a wake that
    /// comes too early is kept.
    func wake() {
        let loop = state.withLock { state in
            if state.loop == nil { state.isOwed = true }
            return state.loop
        }
        loop?.wake()
    }
}
