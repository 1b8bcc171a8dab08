import Catalog
import Clocks
import OrderUpdates
import SeededRandomness
import Synchronization
import Testing
import TransportCore

/// A running server over a hub with orders, a client of its transport, and the log of what was published.
final class Stage: Sendable {
    let variant: Variant
    let hub: OrderEventHub
    let history: Int
    let log = PublishedLog()
    let client: any TransportClient
    let auth: TokenScheme
    private let configuration: ServerConfiguration
    private let current: Mutex<any RunningServer>
    private let published = Mutex(0)
    private let recorders = Mutex<[Recorder]>([])

    /// Runs a test's body, then checks that nothing of it remains on the server.
    /// - Parameter hub: with a history of `history`.
    static func with(
        _ variant: Variant, history: Int = 256, hub: OrderEventHub? = nil,
        sourceLocation: SourceLocation = #_sourceLocation,
        configure: (inout ServerConfiguration) -> Void = { _ in }, _ body: (Stage) async throws -> Void
    ) async throws {
        var configuration = ServerConfiguration()
        configuration.heartbeat.kind = .off
        configuration.h2c = variant.version == .h2 && !variant.tls
        configuration.compression = variant.compression
        configure(&configuration)
        var clientConfiguration = ClientConfiguration()
        if variant.tls {
            let certificate = try TestCertificate.shared.get()
            configuration.tls = .init(certificate: certificate.certificate, key: certificate.key)
            clientConfiguration.trustedAuthorities = certificate.authority
        }
        let hub = hub ?? OrderEventHub(configuration: .init(history: history))
        let auth = TokenScheme()
        let server = try await variant.transport.server.start(OrderService(hub: hub, auth: auth), configuration)
        let client = try await variant.transport.client.makeClient(clientConfiguration)
        let stage = Stage(variant, hub, history, auth, server, client, configuration)
        do {
            try await body(stage)
        } catch {
            await client.shutdown()
            await stage.server.stop()
            throw error
        }
        await client.shutdown()
        try await eventually("the server to see all its clients leave", sourceLocation: sourceLocation) {
            stage.server.statistics.connections == 0 && stage.server.statistics.subscribers == 0
        }
        await stage.server.stop()
        for recorder in stage.recorders.withLock({ $0 }) {
            #expect(recorder.misplaced.isEmpty, "events after `closed`", sourceLocation: sourceLocation)
            #expect(
                recorder.transcript.closed != nil, "a connection without `closed`", sourceLocation: sourceLocation)
        }
    }

    private init(
        _ variant: Variant, _ hub: OrderEventHub, _ history: Int, _ auth: TokenScheme,
        _ server: any RunningServer, _ client: any TransportClient, _ configuration: ServerConfiguration
    ) {
        self.variant = variant
        self.hub = hub
        self.history = history
        self.auth = auth
        self.client = client
        self.configuration = configuration
        current = Mutex(server)
    }

    var server: any RunningServer { current.withLock { $0 } }

    /// Stops the server at once, and starts another over the same hub.
    func replaceServer() async throws {
        await server.stop()
        let next = try await variant.transport.server.start(
            OrderService(hub: hub, auth: auth), configuration)
        current.withLock { $0 = next }
    }

    // MARK: Orders

    /// Creates an order that can be published to, in the status `Activating`.
    @discardableResult
    func create(_ name: String, owner: Subject = TokenScheme.owner) throws -> OrderID {
        let id = try #require(OrderID(name))
        let order = try hub.create(id, owner: owner, status: .activating, timestamp: 0)
        log.note(order.json, of: id)
        log.noteEpoch(order.position.epoch, of: id)
        return id
    }

    /// Publishes one update with a message that no other has.
    @discardableResult
    func publish(_ id: OrderID, _ text: String = "") throws -> StreamPosition {
        let update = nextUpdate(id, text)
        log.note(update)
        return try hub.publish(update)
    }

    /// Publishes several updates together.
    func publish(_ id: OrderID, count: Int, _ text: String = "") throws {
        let updates = (0..<count).map { _ in nextUpdate(id, text) }
        for update in updates { log.note(update) }
        for result in hub.publish(updates) { _ = try result.get() }
    }

    /// Text that compression makes no smaller than three quarters.
    static let noise: String = {
        var generator = SplitMix64(seed: 1)
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        return String(decoding: (0..<32 * 1024).map { _ in letters[Int(generator.next() % 64)] }, as: UTF8.self)
    }()

    /// Publishes at the pace of those that read, 12 MB in updates of 32 KB: more than waits between the hub and a reader that has
    /// stopped to read. A sender's buffer grows to 4 MB (tcp(7), `tcp_wmem`); a receiver's only while it reads.
    ///
    /// - Returns: how many updates that were.
    @discardableResult
    func flood(_ order: OrderID, at pace: [Subscriber]) async throws -> Int {
        let (batches, batch) = (24, history / 2)
        for _ in 0..<batches {
            try publish(order, count: batch, Self.noise)
            for subscriber in pace { try await subscriber.catchUp() }
        }
        return batches * batch
    }

    private func nextUpdate(_ id: OrderID, _ text: String) -> OrderUpdate {
        let number = published.withLock { number in
            number += 1
            return number
        }
        return OrderUpdate(
            orderID: id, status: .activating, stage: "provisioning", message: "step \(number) \(text)",
            source: "conformance", timestamp: Int64(number))
    }

    // MARK: Subscribers

    func subscription(
        _ orders: [OrderID], after position: StreamPosition? = nil, _ credential: Credential = TokenScheme.good
    ) -> Subscription {
        var subscription = Subscription(
            endpoint: server.endpoint, orders: orders, after: position, credential: credential,
            version: variant.version)
        subscription.compression = variant.compression
        subscription.pollInterval = .milliseconds(20)
        subscription.longPollWait = .seconds(2)
        return subscription
    }

    func open(_ subscription: Subscription) -> Subscriber {
        let recorder = Recorder()
        recorders.withLock { $0.append(recorder) }
        let id = client.open(subscription, handler: recorder)
        return Subscriber(stage: self, id: id, recorder: recorder, subscription: subscription)
    }

    func open(
        _ orders: OrderID..., after position: StreamPosition? = nil, as credential: Credential = TokenScheme.good
    ) -> Subscriber {
        open(subscription(orders, after: position, credential))
    }

    /// Opens a stream and waits until it has the state of all its orders.
    func join(
        _ orders: OrderID..., sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Subscriber {
        try await join(orders, sourceLocation: sourceLocation)
    }

    func join(_ orders: [OrderID], sourceLocation: SourceLocation = #_sourceLocation) async throws -> Subscriber {
        let subscriber = open(subscription(orders))
        try await subscriber.recorder.until("the first state of \(orders)", sourceLocation: sourceLocation) {
            $0.isOpen && $0.latest.count == orders.count
        }
        return subscriber
    }
}
