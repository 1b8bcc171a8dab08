import Clocks
import ExperimentModel
import OrderUpdates
import TransportCore

/// The subscribers of one transport. Each has a connection and follows one order.
final class SubscriberPopulation: Sendable {
    /// With more ports of one source address, connecting slows down.
    private static let connectionsPerAddress = 10_000

    let specification: LoadSpecification
    private let client: any TransportClient
    private let recorder: PopulationRecorder
    private let endpoint: Endpoint
    private let credential: Credential
    private let handles: [Subscriber.Handle]

    init(
        _ specification: LoadSpecification, client: any TransportClient, endpoint: Endpoint,
        credential: Credential, recorder: PopulationRecorder
    ) {
        self.specification = specification
        self.client = client
        self.endpoint = endpoint
        self.credential = credential
        self.recorder = recorder
        handles = (0..<specification.load.connections).map { Subscriber.Handle(number: $0, recorder: recorder) }
    }

    /// Opens all connections, at the load's rate or as fast as the server accepts them, and returns when all are ready.
    ///
    /// - Parameter progress: called whenever more connections are ready, with their number.
    /// - Throws: `cannotConnect` with the first cause if a connection fails, or if no more become ready for `patience`.
    func connect(patience: Duration = .seconds(15), progress: (Int) -> Void) async throws {
        var next = 0
        let clock = ContinuousClock()
        let start = clock.now
        var ready = 0
        var moved = start
        while ready < handles.count {
            try Task.checkCancellation()
            let connections = recorder.connections
            guard connections.failed == 0, connections.ended == 0 else {
                throw LoadError(.cannotConnect, explanation(of: connections))
            }
            if connections.ready > ready {
                ready = connections.ready
                moved = clock.now
                progress(ready)
            }
            guard clock.now - moved < patience else {
                throw LoadError(
                    .cannotConnect,
                    "\(ready) of \(handles.count) connections are ready and none has become so for "
                        + "\(Int(patience.seconds)) s; is \(endpoint.host):\(endpoint.port) the server, and does it know "
                        + "the orders \(specification.orderPrefix)0 to \(specification.orderPrefix)"
                        + "\(specification.load.orders - 1)?")
            }
            var due = handles.count
            if let rate = specification.load.connectRate {
                due = min(due, Int((clock.now - start).seconds * rate) + 1)
            }
            // Few connections at a time keep the server's queue short, which is not what is measured.
            while next < due, next - connections.ready < specification.connectsInFlight {
                open(next)
                next += 1
            }
            if ready < handles.count { try await Task.sleep(for: .microseconds(500)) }
        }
        for number in specification.readers..<handles.count {
            handles[number].setReading(false, on: client)
        }
    }

    /// Lets the slow readers read until nothing more arrives. Only then do they see that their positions are lost, or
    /// that their connections were cut.
    func readAgain(patience: Duration = .seconds(5)) async throws {
        let slow = handles.count - specification.readers
        guard slow > 0, specification.load.updatesPerSecond > 0 else { return }
        let before = recorder.slowEvents
        for number in specification.readers..<handles.count { handles[number].setReading(true, on: client) }
        let deadline = ContinuousClock.now + patience
        var (seen, quiet) = (-1, 0)
        while quiet < 5, ContinuousClock.now < deadline {
            let events = recorder.slowEvents
            // Each slow reader has missed something, so each has an event.
            quiet = events == seen && events - before >= slow ? quiet + 1 : 0
            seen = events
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Closes every connection and ends the client's threads.
    func close() async {
        recorder.willClose()
        await client.shutdown()
    }

    private func explanation(of connections: PopulationRecorder.Connections) -> String {
        guard let (number, cause, wasReady) = connections.first else { return "a connection did not come about" }
        let what = wasReady ? "ended before all of them were ready" : "did not come about"
        return "connection \(number + 1) of \(handles.count) to \(address(number)) \(what): " + explanation(of: cause)
    }

    /// The address of a subscription. For another server it is the URL without its query, which may contain a secret.
    private func address(_ number: Int) -> String {
        let isClear = specification.protocolVersion == "h2" && !endpoint.tls
        let authority = "\(endpoint.host):\(isClear ? endpoint.h2cPort ?? endpoint.port : endpoint.port)"
        guard let path = subscription(number).path else { return authority }
        let scheme = (specification.transport == "websocket" ? "ws" : "http") + (endpoint.tls ? "s" : "")
        return "\(scheme)://\(authority)\(path.prefix { $0 != "?" })"
    }

    /// The cause, with advice that suits the load.
    private func explanation(of cause: ClosedCause) -> String {
        let isForeign = specification.foreign != nil
        if isForeign, case .notAStream = cause {
            return cause.explanation + "; if it is a state to poll, take --transport polling, else check --target-url"
        }
        guard case .refused(let status, _) = cause else { return cause.explanation }
        switch (status, specification.transport) {
        case (404, _) where isForeign: return cause.explanation + "; check the path in --target-url"
        case (401, _), (403, _):
            return cause.explanation
                + (isForeign ? "; say who subscribes with --header" : "; say who subscribes with --token")
        case (200..<300, "websocket"):
            return
                "the server answers with status \(status) where a WebSocket's handshake ends in 101: there is no WebSocket at "
                + "this path; if it is an event stream, take --transport sse"
        case (300..<400, "websocket"):
            return cause.explanation + ": a WebSocket follows no redirect; give the URL that it leads to"
        case (426, "sse"), (426, "polling"), (426, "long-polling"), (400, "sse"):
            return cause.explanation + "; if it is a WebSocket, take --transport websocket"
        default: return cause.explanation
        }
    }

    private func open(_ number: Int) {
        recorder.willOpen(number)
        handles[number].open(subscription(number), on: client)
    }

    /// The phase of a poller within its interval, 0 to 1. The phases are spread evenly, not in the order of the
    /// subscribers' orders. The seed determines where they start.
    private func phase(_ number: Int) -> Double {
        let golden = 0.618_033_988_749_895
        let start = Double(specification.seed % 1_000) / 1_000
        let place = start + golden * Double(number + 1)
        return place - place.rounded(.down)
    }

    private func subscription(_ number: Int) -> Subscription {
        let name = specification.orderPrefix + String(number % specification.load.orders)
        guard let order = OrderID(name) else {
            preconditionFailure("'\(name)' is not the id of an order; the specification was not checked")
        }
        var subscription = specification.subscription(to: order, at: endpoint, with: credential)
        if let seconds = specification.pollIntervalSeconds {
            subscription.pollInterval = .nanoseconds(Int64(seconds * 1e9))
            subscription.pollPhase = .nanoseconds(Int64(seconds * phase(number) * 1e9))
        }
        if endpoint.host == "127.0.0.1", specification.load.connections > Self.connectionsPerAddress {
            // All of 127.0.0.0/8 is this host.
            subscription.localAddress = "127.0.0.\(2 + number / Self.connectionsPerAddress)"
        }
        subscription.path = specification.foreign.map { ForeignServer.fill($0.subscribePath, order: name) }
        subscription.headers = specification.foreign?.headers.map { ($0.name.lowercased(), $0.value) } ?? []
        return subscription
    }
}
