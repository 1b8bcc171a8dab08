import OrderUpdates
import TransportCore

/// What a connection received, in order, with the figures that conditions ask for.
struct Transcript: Sendable {
    private(set) var events: [Received] = []
    private(set) var updates = 0
    private(set) var snapshots = 0
    private(set) var losses = 0
    private(set) var heartbeats = 0
    private(set) var unchanged = 0
    /// The latest state of each order.
    private(set) var latest: [OrderID: [UInt8]] = [:]
    /// Where to resume the stream from.
    private(set) var position: StreamPosition?
    /// Where to resume each order from, on a stream that has no position of its own.
    private(set) var positions: [OrderID: StreamPosition] = [:]
    private(set) var commandResults: [String: (accepted: Bool, message: String)] = [:]
    private(set) var closed: ClosedCause?

    var isOpen: Bool { events.first == .opened && closed == nil }

    /// Events before `opened`: that the connection is up, once.
    private(set) var connects = 0
    private(set) var retries: [Int] = []

    mutating func append(_ event: Received) {
        // Of the connection's beginning, before what `events` is about.
        switch event {
        case .connected:
            connects += 1
            return
        case .retry(let milliseconds): return retries.append(milliseconds)
        default: break
        }
        events.append(event)
        if let position = event.position { self.position = position }
        if let payload = event.payload, let order = OrderID(payload: payload) {
            latest[order] = payload
            positions[order] = event.position
        }
        switch event {
        case .update: updates += 1
        case .snapshot: snapshots += 1
        case .positionLost: losses += 1
        case .heartbeat: heartbeats += 1
        case .unchanged: unchanged += 1
        case .commandResult(let id, let accepted, let message): commandResults[id] = (accepted, message)
        case .closed(let cause): closed = cause
        case .connected, .retry, .opened: break
        }
    }

    /// The events that tell of orders: neither heartbeats nor the connection's own life.
    var content: [Received] { events.filter { $0.payload != nil || $0.isPositionLost } }

    /// The last few events, for a failure's message.
    var tail: String {
        events.isEmpty
            ? "nothing" : events.suffix(6).map { String($0.description.prefix(160)) }.joined(separator: "\n  ")
    }
}
