import Clocks
import Measurement
import OrderUpdates
import Synchronization
import TransportCore

extension SessionPopulation {
    /// The parts that all sessions of a population share.
    final class Shared: Sendable {
        /// The number of different causes of failures that are kept for people to read.
        private static let explanationsKept = 5

        private struct Latencies {
            var parser = TimestampParser()
            var before = LatencyHistogram()
            var since = LatencyHistogram()
            var hasFault = false
        }

        let specification: SessionSpecification
        let client: any TransportClient
        let clock: any TimeSource
        let deadlines: DeadlineThread
        let acknowledgements: AcknowledgementReader
        /// Whether ledgers count every update that arrives. It requires that the transport and the policy promise each
        /// update once.
        let judgesWire: Bool
        /// Whether an update shows the latest state, as with polling.
        let showsLatest: Bool

        private let endpoint: Endpoint
        private let credential: Credential
        private let fetchPosition: @Sendable (OrderID) async -> StreamPosition?
        private let names: [OrderID]
        private let anchor: WallClockAnchor
        private let latencies = Mutex(Latencies())
        private let goals = Mutex<[[StreamPosition]]>([])
        private let explanations = Mutex<[String]>([])
        private let connectionsLost = Atomic(0)
        private let caughtUpCount = Atomic(0)
        private let stoppedCount = Atomic(0)

        init(
            _ specification: SessionSpecification, client: any TransportClient, endpoint: Endpoint,
            credential: Credential, replays: Bool, clock: some TimeSource,
            fetch: @escaping @Sendable (OrderID) async -> StreamPosition?
        ) throws {
            self.specification = specification
            self.client = client
            self.endpoint = endpoint
            self.credential = credential
            self.clock = clock
            deadlines = DeadlineThread(clock: clock)
            acknowledgements = try AcknowledgementReader(
                path: specification.acknowledgements, orders: specification.orders)
            judgesWire = replays && specification.policy.recovery.resumes
            showsLatest = !replays
            fetchPosition = fetch
            names = try (0..<specification.orders).map { number in
                guard let id = OrderID(specification.orderPrefix + String(number)) else {
                    throw LoadError(.unsupported, "'\(specification.orderPrefix)' cannot begin an order's id")
                }
                return id
            }
            anchor = WallClockAnchor(clock)
        }

        func subscription(_ session: Int, order: Int, after position: StreamPosition?) -> Subscription {
            var subscription = Subscription(
                endpoint: endpoint, orders: [names[order]], after: position, credential: credential,
                version: ProtocolVersion(rawValue: specification.protocolVersion) ?? .h1)
            if let seconds = specification.pollIntervalSeconds {
                subscription.pollInterval = .nanoseconds(Int64(seconds * 1e9))
            }
            if let seconds = specification.longPollSeconds {
                subscription.longPollWait = .nanoseconds(Int64(seconds * 1e9))
            }
            subscription.headers = specification.headers.map { ($0.key, $0.value) }
            subscription.localAddress = specification.localAddress(of: session)
            return subscription
        }

        func fetch(_ order: Int) async -> StreamPosition? { await fetchPosition(names[order]) }

        func published(_ order: Int) -> [StreamPosition] { acknowledgements.latest(of: order) }

        // MARK: Goals

        func setGoals(_ positions: [[StreamPosition]]) { goals.withLock { $0 = positions } }
        func goal(_ order: Int) -> [StreamPosition] {
            goals.withLock { $0.indices.contains(order) ? $0[order] : [] }
        }

        // MARK: Counts

        func caughtUp() { caughtUpCount.wrappingAdd(1, ordering: .relaxed) }
        func stopped() { stoppedCount.wrappingAdd(1, ordering: .relaxed) }
        func lostConnection() { connectionsLost.wrappingAdd(1, ordering: .relaxed) }
        var stops: Int { stoppedCount.load(ordering: .relaxed) }

        func explain(_ cause: ClosedCause) {
            switch cause {
            case .byClient: return
            default: break
            }
            let text = cause.explanation
            explanations.withLock { known in
                if known.count < Self.explanationsKept, !known.contains(text) { known.append(text) }
            }
        }

        var firstExplanations: [String] { explanations.withLock { $0 } }

        // MARK: Latency

        func faultBegan() { latencies.withLock { $0.hasFault = true } }

        /// Records the corrected latency, which counts from the intended time of publication.
        func delivered(_ payload: UnsafeRawBufferPointer, to session: Int, _ now: MonotonicInstant) {
            guard session >= specification.sessions || specification.bystanders == 0 else { return }
            latencies.withLock { latencies in
                guard let intended = PayloadReading.update.read(payload, &latencies.parser).timestamp else { return }
                let latency = now.nanoseconds - anchor.instant(unixNanoseconds: intended).nanoseconds
                if latencies.hasFault {
                    latencies.since.record(nanoseconds: latency)
                } else {
                    latencies.before.record(nanoseconds: latency)
                }
            }
        }

        var latency: (before: SparseHistogram, since: SparseHistogram) {
            latencies.withLock { ($0.before.sparse, $0.since.sparse) }
        }
    }
}
