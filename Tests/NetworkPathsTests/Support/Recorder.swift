import OrderUpdates
import Synchronization
import TransportCore

/// What a connection has received.
final class Recorder: ConnectionHandler, Sendable {
    struct Received: Sendable {
        var isOpen = false
        /// States and updates, by the messages of the latter.
        var states = 0
        var messages: [String] = []
        var closed: ClosedCause?
    }

    private let state = Mutex(Received())

    var received: Received { state.withLock { $0 } }

    func connection(_ id: ConnectionID, _ event: borrowing ConnectionEvent) {
        state.withLock { state in
            switch copy event {
            case .opened: state.isOpen = true
            case .update(_, let payload):
                state.states += 1
                state.messages.append(Self.message(of: String(decoding: payload, as: UTF8.self)))
            case .snapshot: state.states += 1
            case .closed(let cause): state.closed = cause
            default: break
            }
        }
    }

    private static func message(of json: String) -> String {
        guard let start = json.firstRange(of: #""message":""#) else { return "" }
        return String(json[start.upperBound...].prefix { $0 != "\"" })
    }
}
