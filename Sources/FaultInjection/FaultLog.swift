import Clocks
import ExperimentModel
import NIOCore

/// What the proxy did to connections, and when: the newest entries, in order.
///
/// Confined to the proxy's event loop.
package struct FaultLog: Sendable {
    package enum Event: String, Codable, Sendable {
        case began, ended
        /// A connection was reset: RST both ways.
        case reset
        /// A connection was ended: FIN both ways.
        case finished
        /// One direction of a connection was ended.
        case halfClosed = "half-closed"
        /// The proxy answered instead of the server.
        case answered
        /// The upgrade was removed from a request.
        case stripped
        /// The bytes of a connection are held back from now on, or a connection opened while nothing passes.
        case held
        /// A connection was reset because the proxy has no descriptors for it.
        case refused
        /// The server refused the connection, so the client's was reset.
        case unreachable
    }

    package struct Entry: Codable, Sendable {
        /// Counted from 1, without gaps.
        package var number: Int
        /// CLOCK_MONOTONIC, nanoseconds.
        package var at: Int64
        package var event: Event
        /// The id of the fault that did it; nil where none did.
        package var id: Int?
        package var fault: String?
        package var connection: Int?
    }

    /// How many entries are stored; each takes about 100 bytes.
    package static let capacity = 65_536

    private var kept = CircularBuffer<Entry>()
    package private(set) var count = 0
    private let clock = MonotonicClock()

    package mutating func append(_ event: Event, _ fault: ActiveFault? = nil, connection: Int? = nil) {
        if kept.count == Self.capacity { kept.removeFirst() }
        count += 1
        kept.append(
            Entry(
                number: count, at: clock.now.nanoseconds, event: event, id: fault?.id, fault: fault?.step.fault,
                connection: connection))
    }

    /// The stored entries with higher numbers than this one.
    package func entries(after number: Int) -> [Entry] {
        let first = count - kept.count
        return Array(kept.dropFirst(max(0, number - first)))
    }
}
