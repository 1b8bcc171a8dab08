import Synchronization
import TransportCore

/// One subscriber of a population: the handler of its connection.
final class Subscriber: ConnectionHandler {
    private let number: Int
    private let recorder: PopulationRecorder

    init(number: Int, recorder: PopulationRecorder) {
        self.number = number
        self.recorder = recorder
    }

    func connection(_ id: ConnectionID, _ event: borrowing ConnectionEvent) {
        recorder.record(event, of: number)
    }

    /// The population's hold on a subscriber; the client owns the handler itself.
    final class Handle: Sendable {
        private let number: Int
        private let recorder: PopulationRecorder
        private let connection = Mutex<ConnectionID?>(nil)

        init(number: Int, recorder: PopulationRecorder) {
            self.number = number
            self.recorder = recorder
        }

        func open(_ subscription: Subscription, on client: any TransportClient) {
            let id = client.open(subscription, handler: Subscriber(number: number, recorder: recorder))
            connection.withLock { $0 = id }
        }

        func setReading(_ reads: Bool, on client: any TransportClient) {
            if let id = connection.withLock({ $0 }) { client.setReading(reads, id) }
        }
    }
}
