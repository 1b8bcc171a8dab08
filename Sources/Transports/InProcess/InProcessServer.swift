import OrderUpdates
import Synchronization
import TransportCore

/// A running in-process server: its loops, and the connections that it distributes over them.
final class InProcessServer: RunningServer {
    let endpoint: Endpoint
    private let network: InProcessNetwork
    private let configuration: ServerConfiguration
    private let admission: InProcessAdmission
    private let loops: [InProcessLoop]
    private let opened = Atomic(0)

    init(_ service: OrderService, _ configuration: ServerConfiguration, _ network: InProcessNetwork) {
        self.network = network
        self.configuration = configuration
        endpoint = network.makeEndpoint()
        let admission = InProcessAdmission(configuration.limits)
        self.admission = admission
        loops = (0..<configuration.loops).map { _ in InProcessLoop(service, configuration, admission) }
    }

    /// Begins to deliver, and then to accept.
    func run() async {
        for loop in loops { await loop.start() }
        network.register(self)
    }

    var statistics: ServerStatistics {
        var total = ServerStatistics()
        for loop in loops { loop.counters.add(to: &total) }
        return total
    }

    /// Opens a connection. The link tells whether it is accepted.
    func connect(_ subscription: Subscription, wakeClient: @escaping @Sendable () -> Void) -> InProcessLink {
        let number = opened.add(1, ordering: .relaxed).newValue
        let loop = loops[number % loops.count]
        let link = InProcessLink(capacity: configuration.limits.pendingBytes, wakeClient: wakeClient) { signal in
            loop.receive(signal, from: number)
        }
        loop.accept(number, link, subscription)
        return link
    }

    func drain(within bound: Duration) async -> Int {
        network.remove(endpoint)
        for loop in loops { await loop.drain() }
        let deadline = Task {
            guard (try? await Task.sleep(for: bound)) != nil else { return 0 }
            return await cut()
        }
        await admission.empty()
        deadline.cancel()
        let count = await deadline.value
        await stop()
        return count
    }

    func stop() async {
        network.remove(endpoint)
        for loop in loops { await loop.stop() }
    }

    private func cut() async -> Int {
        var count = 0
        for loop in loops { count += await loop.cut() }
        return count
    }
}
