import Clocks
public import ExperimentModel
import OrderUpdates
import Synchronization
import Threads
import TransportCore
import Transports

/// What goes over the wire from "has a token" to the first authorised update: counted by a relay between client and server.
public struct ExchangeMeasure: Sendable {
    let bench: StudyBench
    /// Other load on the machine can only add round trips, so the minimum counts.
    private static let attempts = 2
    private static let quiet: Duration = .milliseconds(30)

    public init(_ bench: StudyBench) { self.bench = bench }

    public func measure() async throws -> [AuthSummary.Exchange] {
        var best: [AuthSummary.Exchange] = []
        for _ in 0..<Self.attempts {
            let steps = try await attempt()
            best = best.isEmpty ? steps : zip(best, steps).map { $0.roundTrips <= $1.roundTrips ? $0 : $1 }
        }
        return best
    }

    private func attempt() async throws -> [AuthSummary.Exchange] {
        let target = bench.target.endpoint
        let isH2C = bench.target.version == .h2 && !target.tls
        let relay = try CountingRelay(to: isH2C ? target.h2cPort ?? target.port : target.port)
        defer { relay.stop() }
        try relay.start()
        // A requester of its own, so that its connections are counted.
        var bench = bench
        bench = try StudyBench(
            bench.target, kit: bench.kit, transport: bench.transport, orders: bench.orders)
        bench.pollInterval = self.bench.pollInterval
        bench.target.endpoint = Endpoint(
            host: target.host, port: relay.port, h2cPort: isH2C ? relay.port : nil, tls: target.tls)
        return try await withEnd {
            await bench.shutdown()
        } _: {
            try await steps(bench, relay)
        }
    }

    private func steps(_ bench: StudyBench, _ relay: CountingRelay) async throws -> [AuthSummary.Exchange] {
        let requests = RequestCount()
        let order = try bench.quietOrder
        let exchange = bench.exchange(counting: requests)
        let (first, second) = (try bench.kit.namedToken(), try bench.kit.namedToken())
        var steps: [AuthSummary.Exchange] = []
        var mark = (relay.count, requests.value)
        func add(_ step: String, until now: (CountingRelay.Count, Int)) {
            let count = now.0 - mark.0
            steps.append(
                AuthSummary.Exchange(
                    step: step, requests: now.1 - mark.1, roundTrips: count.roundTrips, bytesSent: count.bytesUp,
                    bytesReceived: count.bytesDown))
        }
        var credential = Credential.none
        var position: StreamPosition?
        try await bench.withClient(counting: requests) { client in
            credential = try await exchange.credential(of: bench.target.scheme, token: first.text)
            let arrival = Arrival()
            let watch = StreamWatch { arrival.note((relay.count, requests.value)) }
            let connection = client.open(bench.subscription(to: order, credential), handler: watch)
            try await watch.wait("the first update") { $0.firstEventAt != nil }
            add("connect", until: arrival.counts ?? mark)
            position = watch.now.position
            if let renewal = RenewalMeasure.ways(of: bench.target.scheme, over: bench.target.transport).last {
                try await quiesce(relay)
                mark = (relay.count, requests.value)
                try await renew(renewal, client, connection, exchange, first, second)
                try await quiesce(relay)
                if renewal != .reconnect { add("renewal", until: (relay.count, requests.value)) }
            }
            client.close(connection)
        }
        try await quiesce(relay)
        // Published without the relay, so that the stream that reconnects has an event to begin with.
        try await self.bench.publish(to: order, number: 1, with: try bench.publisherToken())
        mark = (relay.count, requests.value)
        let resumed = credential
        let after = position
        try await bench.withClient(counting: requests) { client in
            let arrival = Arrival()
            let watch = StreamWatch { arrival.note((relay.count, requests.value)) }
            _ = client.open(bench.subscription(to: order, resumed, after: after), handler: watch)
            try await watch.wait("the first update after coming back") { $0.firstEventAt != nil }
            add("reconnect", until: arrival.counts ?? mark)
        }
        return steps.sorted { Self.rank($0.step) < Self.rank($1.step) }
    }

    private static func rank(_ step: String) -> Int { ["connect", "reconnect", "renewal"].firstIndex(of: step) ?? 3 }

    private func renew(
        _ way: RenewalMeasure.Way, _ client: any TransportClient, _ connection: ConnectionID,
        _ exchange: CredentialExchange, _ first: CredentialKit.Token, _ second: CredentialKit.Token
    ) async throws {
        switch way {
        case .reconnect: break
        case .inBand: client.renew(connection, with: second.text)
        case .sideRequest:
            let answer = try await exchange.send(
                "POST", "/renewals", .bearer(second.text), body: "{\"tokenId\":\"\(first.id)\"}")
            guard answer.status == 200 else { throw StudyError("the renewal was answered with \(answer.status)") }
        }
    }

    /// Waits until nothing has passed the relay for a while.
    private func quiesce(_ relay: CountingRelay) async throws {
        var last = relay.count
        while true {
            try await Task.sleep(for: Self.quiet)
            let now = relay.count
            if now == last { return }
            last = now
        }
    }
}

/// The counts at the time of an event. The client's thread notes them, because a poller asks again at once.
private final class Arrival: Sendable {
    private let state = Mutex<(CountingRelay.Count, Int)?>(nil)

    var counts: (CountingRelay.Count, Int)? { state.withLock { $0 } }
    func note(_ counts: (CountingRelay.Count, Int)) { state.withLock { $0 = counts } }
}
