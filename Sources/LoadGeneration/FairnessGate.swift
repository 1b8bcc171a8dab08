import Clocks
import ExperimentModel
import OrderUpdates
import Synchronization
import TransportCore

/// Proves, before anything is timed, that a transport delivers the published bytes, and so the same bytes as every
/// other transport.
///
/// Each update is published after the previous one has arrived, so that a transport that coalesces delivers every
/// update too.
struct FairnessGate {
    let specification: LoadSpecification
    let client: any TransportClient
    let endpoint: Endpoint
    let credential: Credential
    let publisher: any UpdatePublisher
    let clock: any TimeSource
    private static let patience: Duration = .seconds(10)

    /// - Throws: `notDelivered` if other bytes or none arrive, `cannotPublish` if the server refuses an update.
    func digest() async throws -> String {
        guard let order = OrderID(specification.orderPrefix + "0") else {
            preconditionFailure("the prefix of orders was not checked")
        }
        var subscription = specification.subscription(to: order, at: endpoint, with: credential)
        subscription.pollInterval = .milliseconds(10)
        let receipts = Receipts()
        let connection = client.open(subscription, handler: Receiver(receipts))
        defer { client.close(connection) }
        try await wait(receipts, "the first event") { $0.isReady }
        for sequence in 1...specification.fairnessUpdates {
            let update = LoadUpdate.make(order, sequence: sequence, timestamp: clock.unixNanoseconds)
            publisher.publish([update], order: order, firstSequence: sequence, written: { _ in }, failed: { _, _ in })
            try await wait(receipts, "update \(sequence) of \(specification.fairnessUpdates)") {
                $0.digest.payloads >= sequence
            }
        }
        let digest = receipts.state.withLock { $0.digest.description }
        if let published = specification.publishedDigest, digest != published {
            throw LoadError(
                .notDelivered,
                "the updates that arrived (\(digest)) are not those that were published (\(published)), so nothing is timed"
            )
        }
        return digest
    }

    private func wait(_ receipts: Receipts, _ what: String, until isTrue: (Receipts.State) -> Bool) async throws {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let state = receipts.state.withLock { $0 }
            if isTrue(state) { return }
            let statistics = publisher.statistics
            if statistics.refused > 0 {
                throw LoadError(
                    .cannotPublish,
                    "the server refused an update of \(specification.orderPrefix)0: "
                        + "\(statistics.firstRefusal?.cause ?? "no cause was given")")
            }
            if let cause = state.closed {
                throw LoadError(.notDelivered, "the connection ended before \(what): \(cause)")
            }
            guard ContinuousClock.now < deadline else {
                throw LoadError(.notDelivered, "\(what) did not arrive within \(Int(Self.patience.seconds)) s")
            }
            try await Task.sleep(for: .microseconds(200))
        }
    }

    /// Received events. The client's thread writes them, and the gate reads them.
    private final class Receipts: Sendable {
        struct State {
            var isReady = false
            var digest = PayloadDigest()
            var closed: String?
        }
        let state = Mutex(State())
    }

    private final class Receiver: ConnectionHandler {
        private let receipts: Receipts

        init(_ receipts: Receipts) { self.receipts = receipts }

        func connection(_ id: ConnectionID, _ event: borrowing ConnectionEvent) {
            let event = copy event
            receipts.state.withLock { state in
                switch event {
                case .connected, .retry, .opened: break
                case .snapshot: state.isReady = true
                case .update(_, let payload):
                    state.isReady = true
                    state.digest.add(payload)
                case .closed(let cause): state.closed = cause.explanation
                case .positionLost, .heartbeat, .commandResult, .unchanged: break
                }
            }
        }
    }
}
