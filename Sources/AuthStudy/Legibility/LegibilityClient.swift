import Browsers

/// A native client of a browser, which presents the credential in the way that it can.
enum LegibilityClient: String, CaseIterable, Sendable {
    case eventSource = "EventSource"
    /// The page also reads the request's entry in the resource timing (W3C Resource Timing).
    case timedEventSource = "EventSource, Resource Timing"
    case webSocket = "WebSocket"
    case firstMessage = "WebSocket, first message"
    /// Reads the stream as it arrives.
    case fetch

    /// Its name in page.js.
    var api: String {
        switch self {
        case .eventSource, .timedEventSource: "EventSource"
        case .webSocket, .firstMessage: "WebSocket"
        case .fetch: "fetch"
        }
    }

    /// The arguments for page.js.
    func parameters(_ situation: Situation) -> JSONValue {
        let events = "\(situation.http)/orders/\(situation.order)/events"
        let socket = "\(situation.ws)/orders/\(situation.order)/socket"
        let token = situation.token
        switch self {
        case .eventSource: return ["url": "\(events)?access_token=\(token)"]
        // The URL is unique, so that its timing entry can be found.
        case .timedEventSource: return ["url": "\(events)?access_token=\(token)&of=timed", "timed": true]
        case .webSocket: return ["url": "\(socket)?access_token=\(token)"]
        case .firstMessage:
            return ["url": .text(socket), "first": ["type": "authenticate", "token": .text(token)]]
        case .fetch: return ["url": .text(events), "init": ["headers": ["Authorization": "Bearer \(token)"]]]
        }
    }
}
