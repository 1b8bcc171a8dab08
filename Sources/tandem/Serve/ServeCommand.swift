import ArgumentParser
import Authentication
import Catalog
import Clocks
import Glibc
import LWS
import Logging
import OrderUpdates
import Persistence
import TransportCore
import Transports

/// `tandem serve`: the server under test, with every socket transport on one port.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve orders over SSE, WebSocket, polling and long polling.",
        discussion: """
            All transports share one port. SIGTERM, SIGINT and SIGHUP drain: clients are told why and whether to come back, and the process \
            exits within --drain-bound.

            Examples:
              tandem serve --demo
              tandem serve --auth none --orders 3
              tandem serve --jwks keys/development.public.jwks --auth cookie,ticket \\
                --allow-origin http://localhost:3000
              tandem serve --jwks keys/development.public.jwks --port 8443 \\
                --tls-cert cert.pem --tls-key key.pem
              curl -N -H "Authorization: Bearer $(tandem token --subject alice)" \\
                http://127.0.0.1:8080/orders/order-0/events
            """)

    static let defaultPort = 8080

    @Option(help: "IPv4 address to listen on.") var host = "127.0.0.1"
    @Option(help: "Port; 0 lets the system choose.") var port = Self.defaultPort
    @Option(help: "Also serve HTTP/2 without TLS on this port; 0 lets the system choose.") var h2cPort: Int?
    @Flag(help: "Offer no HTTP/2 over TLS.") var noH2 = false
    @Option(help: ArgumentHelp("PEM certificate chain: serves TLS, and HTTP/2 by ALPN.", valueName: "file"))
    var tlsCert: String?
    @Option(help: ArgumentHelp("PEM private key of the certificate.", valueName: "file")) var tlsKey: String?
    @Option(help: "Event loops, each with a thread and a listener of its own.") var loops = 1
    @Option(help: ArgumentHelp("Run on these processors only, for example 0 or 0,1.", valueName: "list")) var cpu:
        String?

    @OptionGroup(title: "Authentication") var authentication: ServeAuthentication
    @OptionGroup(title: "Streams") var streams: ServeStreams
    @OptionGroup(title: "Limits") var limits: ServeLimits
    @OptionGroup(title: "Persistence") var persistence: ServePersistence

    @Option(help: ArgumentHelp("Create this many orders at the start.", valueName: "n")) var orders = 0
    @Option(help: ArgumentHelp("Their names: prefix and number from 0.", valueName: "prefix")) var ordersPrefix =
        "order-"
    @Option(help: "Their owner.") var owner: Subject = "alice"
    @Option(help: ArgumentHelp("Seconds to wait for clients to leave after SIGTERM.", valueName: "seconds"))
    var drainBound = 10.0
    @Option(
        help: ArgumentHelp(
            "Streams to end in a second after SIGTERM; 0 ends all at once. Faster where --drain-bound asks for it.",
            valueName: "n"))
    var drainPace = 0
    @Flag(
        help: """
            Orders that move by themselves: 3, or --orders. Without --auth and --jwks everyone may read and command them, so on \
            127.0.0.1 alone.
            """)
    var demo = false
    @Option(
        help: ArgumentHelp(
            """
            Publish updates of --orders by itself: any of orders=1,rate=10,burst=1,wait=0 (subscribers before it begins), which \
            are the defaults, seconds=S (else until it is stopped), flood (as fast as they are delivered), lives (as --demo does).
            """, valueName: "schedule"))
    var publish: PublishSchedule?
    @Flag(help: "Print one JSON line per event on standard output: listening, published, stopped.") var json = false
    /// With `--json`, prints a line when streams have ended, which it checks at this interval. The runner uses it to
    /// time how soon a server notices a fault.
    @Option(help: .hidden) var watchStreams: Seconds?
    @Flag(help: .hidden) var echo = false

    func validate() throws {
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key belong together: give both or none")
        }
        guard tlsCert != nil || authentication.clientCa == nil else {
            throw ValidationError("--client-ca belongs to TLS: give --tls-cert and --tls-key too")
        }
        guard tlsCert == nil || h2cPort == nil else {
            throw ValidationError(
                "--h2c-port is HTTP/2 without TLS: leave it out with --tls-cert, where ALPN offers h2")
        }
        guard !owner.isEmpty else { throw ValidationError("--owner takes a name: whose the orders are") }
        guard !demo || publish == nil else {
            throw ValidationError("--demo has a schedule of its own: leave it or --publish out")
        }
        guard !isOpenDemo || host.hasPrefix("127.") else {
            throw ValidationError(
                "--demo lets everyone in, so it serves 127.0.0.1 alone: leave --host out, or add --auth and --jwks")
        }
        try OptionRange.check("--port", port, in: 0...65_535)
        if let h2cPort { try OptionRange.check("--h2c-port", h2cPort, in: 0...65_535) }
        try OptionRange.check("--loops", loops, in: 1...64)
        try OptionRange.check("--orders", orders, in: 0...1_000_000)
        try OptionRange.check("--drain-bound", drainBound, in: 0...86_400)
        try OptionRange.check("--drain-pace", drainPace, in: 0...1_000_000)
    }

    func run() async throws {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .notice
            return handler
        }
        if let cpu { try OptionRange.pin(to: cpu) }
        let stop = try StopSignal()
        let bounds = streams.hub
        guard let store = try persistence.store(bounds, stop: { stop.fire() }) else {
            let hub = OrderEventHub(configuration: bounds)
            try createOrders(in: hub)
            return try await serve(hub, until: stop)
        }
        do {
            try createOrders(in: store.hub)
            try await store.flush()
            try await serve(store.hub, until: stop)
        } catch {
            // The first error is the cause, so an error of `close` is ignored.
            try? store.close()
            throw error
        }
        try store.close()
    }

    private func serve(_ hub: OrderEventHub, until stop: StopSignal) async throws {
        let scheme: any AuthScheme =
            isOpenDemo
            ? NoAuthentication()
            : try await authentication.scheme(allowedOrigins: streams.allowOrigin, complain: complain)
        let service = OrderService(hub: hub, auth: scheme)
        let transports: [any SocketTransport] = echo ? [EchoTransport()] : Catalog.socketTransports
        let server = try SocketServer(service, configuration(), transports: transports)
        announce(server.endpoint)
        if server.connectionLimit < limits.maxConnections {
            StandardStreams.error(
                "at most \(server.connectionLimit) connections: this process may hold \(SocketServer.descriptorLimit) "
                    + "descriptors (`ulimit -n`)\n")
        }
        let publisher = schedule.map {
            ScheduledPublisher($0, hub: hub, server: server, prefix: ordersPrefix, owner: owner)
        }
        try publisher?.start { result in
            print(json ? result.json : result.text)
            fflush(nil)
        }
        let watch = json ? watchStreams.map { StreamWatcher(server, every: .nanoseconds(Int64($0.value * 1e9))) } : nil
        await stop.wait()
        watch?.cancel()
        publisher?.cancel()
        let bound = Seconds(drainBound).defaultValueDescription
        if !json {
            let streams = Self.streams(server.openStreams)
            StandardStreams.error("draining \(streams), for \(bound) at most; a second Ctrl-C ends at once\n")
        }
        let cut = await server.drain(within: .nanoseconds(Int64(drainBound * 1e9)))
        if json {
            print("{\"event\":\"stopped\",\"cut\":\(cut)}")
        } else if cut > 0 {
            print("\(Self.streams(cut)) did not end in \(bound), and \(cut == 1 ? "was" : "were") cut")
        }
    }

    private static func streams(_ count: Int) -> String { count == 1 ? "1 stream" : "\(count) streams" }

    private static let demoOrders = 3

    /// Whether the demo runs without authentication: neither `--auth` nor `--jwks` was given.
    private var isOpenDemo: Bool { demo && authentication.auth == nil && authentication.jwks == nil }

    private var schedule: PublishSchedule? {
        demo ? .demo(orders: orders > 0 ? orders : Self.demoOrders) : publish
    }

    /// Creates the orders that do not exist yet. Restored orders stay unchanged.
    private func createOrders(in hub: OrderEventHub) throws {
        for index in 0..<max(orders, schedule?.orders ?? 0) {
            guard let id = OrderID("\(ordersPrefix)\(index)") else {
                throw ValidationError("--orders-prefix: '\(ordersPrefix)' cannot begin an order's name")
            }
            if hub.order(id) == nil {
                try hub.create(id, owner: owner, status: schedule?.lives == true ? .created : .activating)
            }
        }
    }

    private var complain: @Sendable (String) -> Void {
        let logger = Logger(label: "tandem.keys")
        return { logger.warning("\($0)") }
    }

    private func configuration() -> ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.host = host
        configuration.port = port
        configuration.h2c = h2cPort != nil
        configuration.h2cPort = h2cPort ?? 0
        configuration.http2 = !noH2
        configuration.tls = tlsCert.flatMap { certificate in
            tlsKey.map {
                ServerConfiguration.TLSFiles(
                    certificate: certificate, key: $0, clientAuthorities: authentication.clientCa)
            }
        }
        configuration.loops = loops
        configuration.drainPace = drainPace
        streams.apply(to: &configuration)
        limits.apply(to: &configuration.limits)
        return configuration
    }

    private func announce(_ endpoint: Endpoint) {
        if json {
            let h2c = endpoint.h2cPort.map(String.init) ?? "null"
            print(
                "{\"event\":\"listening\",\"host\":\"\(endpoint.host)\",\"port\":\(endpoint.port),\"h2cPort\":\(h2c),"
                    + "\"tls\":\(endpoint.tls),\"pid\":\(getpid())}")
        } else {
            let scheme = endpoint.tls ? "https" : "http"
            print("serving on \(scheme)://\(endpoint.host):\(endpoint.port) (stop with Ctrl-C)")
            if let port = endpoint.h2cPort { print("HTTP/2 without TLS on port \(port)") }
            if isOpenDemo || authentication.letsEveryoneIn {
                let who =
                    endpoint.host.hasPrefix("127.") ? "everyone on this machine" : "everyone who reaches this machine"
                print("\(who) may read the orders and command them (--auth none)")
            }
            if demo {
                print("watch one: curl -N \(scheme)://\(endpoint.host):\(endpoint.port)/orders/\(ordersPrefix)0/events")
                print(
                    "\(ordersPrefix)0 never ends; the others are activated after some steps, and new ones take their places"
                )
            }
        }
        fflush(nil)
    }
}
