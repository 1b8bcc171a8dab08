import OrderUpdates
import Synchronization
import TransportCore

/// A transport that loses every third update on its way, or repeats it: a ledger that does not see it is broken too.
struct BrokenTransport: ClientTransport {
    private let whole: any ClientTransport
    private let repeats: Bool

    init(_ whole: any ClientTransport, repeats: Bool) {
        self.whole = whole
        self.repeats = repeats
    }

    var name: TransportName { whole.name }
    var capabilities: TransportCapabilities { whole.capabilities }

    func makeClient(_ configuration: ClientConfiguration) async throws -> any TransportClient {
        Client(whole: try await whole.makeClient(configuration), repeats: repeats)
    }

    private struct Client: TransportClient {
        let whole: any TransportClient
        let repeats: Bool

        func open(_ subscription: Subscription, handler: any ConnectionHandler) -> ConnectionID {
            whole.open(subscription, handler: Handler(handler, repeats: repeats))
        }
        func close(_ connection: ConnectionID) { whole.close(connection) }
        func setReading(_ reads: Bool, _ connection: ConnectionID) { whole.setReading(reads, connection) }
        func send(_ command: ClientCommand, _ connection: ConnectionID) { whole.send(command, connection) }
        func shutdown() async { await whole.shutdown() }
    }

    /// Confined to the client's thread.
    private final class Handler: ConnectionHandler {
        private let whole: any ConnectionHandler
        private let repeats: Bool
        private var updates = 0

        init(_ whole: any ConnectionHandler, repeats: Bool) {
            self.whole = whole
            self.repeats = repeats
        }

        func connection(_ id: ConnectionID, _ event: borrowing ConnectionEvent) {
            let event = copy event
            if case .update = event {
                updates += 1
                if updates.isMultiple(of: 3) {
                    guard repeats else { return }
                    whole.connection(id, event)
                }
            }
            whole.connection(id, event)
        }
    }
}
