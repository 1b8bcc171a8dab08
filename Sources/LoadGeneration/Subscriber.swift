import Synchronization
import TransportCore

/// The handler of one subscriber's connection.
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

    /// The population's handle of a subscriber. The client owns the handler.
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
