import Browsers

/// A native client of a browser, with the credential where it can carry one.
enum LegibilityClient: String, CaseIterable, Sendable {
    case eventSource = "EventSource"
    /// The page also looks up what the engine says of its request (W3C Resource Timing).
    case timedEventSource = "EventSource, Resource Timing"
    case webSocket = "WebSocket"
    case firstMessage = "WebSocket, first message"
    /// Reads the stream as it arrives.
    case fetch

    /// As page.js calls it.
    var api: String {
        switch self {
        case .eventSource, .timedEventSource: "EventSource"
        case .webSocket, .firstMessage: "WebSocket"
        case .fetch: "fetch"
        }
    }

    /// What page.js is to connect with.
    func parameters(_ situation: Situation) -> JSONValue {
        let events = "\(situation.http)/orders/\(situation.order)/events"
        let socket = "\(situation.ws)/orders/\(situation.order)/socket"
        let token = situation.token
        switch self {
        case .eventSource: return ["url": "\(events)?access_token=\(token)"]
        // A query of its own, by which its timing is found.
        case .timedEventSource: return ["url": "\(events)?access_token=\(token)&of=timed", "timed": true]
        case .webSocket: return ["url": "\(socket)?access_token=\(token)"]
        case .firstMessage:
            return ["url": .text(socket), "first": ["type": "authenticate", "token": .text(token)]]
        case .fetch: return ["url": .text(events), "init": ["headers": ["Authorization": "Bearer \(token)"]]]
        }
    }
}
