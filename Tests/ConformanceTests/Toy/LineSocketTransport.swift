import LWS
import TransportCore
import Transports

/// The sibling of `LineTransport` that upgrades: an order's updates as lines, one a message of a WebSocket.
struct LineSocketTransport: SocketTransport {
    static let name = TransportName(rawValue: "line-socket")
    static let capabilities = TransportCapabilities(
        protocolVersions: [.h1], pushes: true, replays: true, carriesCommands: false, carriesManyOrders: false,
        heartbeats: [.control, .visible],
        limitations: [
            .init("h2", because: "a WebSocket is opened over HTTP/1.1"),
            .init("commands in band", because: "the server takes no messages; commands are POSTed beside it"),
            .init("many orders", because: "the path names one"),
        ])

    var name: TransportName { Self.name }
    var capabilities: TransportCapabilities { Self.capabilities }
    var routes: [Route] { [] }
    var webSockets: (any WebSocketEndpoint)? { LineSocketEndpoint() }
}

struct LineSocketEndpoint: WebSocketEndpoint {
    static let subprotocol = "lines.v1"
    var subprotocol: String? { Self.subprotocol }

    func serves(_ path: [Substring]) -> Bool { path.count == 3 && path[0] == "orders" && path[2] == "line-socket" }

    func admit(_ request: Exchange, on loop: ServerLoop) -> UpgradeVerdict {
        loop.admit(
            request, to: self, over: LineSocketTransport.name, order: String(request.pathSegments[1]),
            after: request.query("after"))
    }

    func opened(_ token: Int, _ socket: StreamSocket, on loop: ServerLoop) {
        loop.open(token, socket, format: LineFormat())
    }

    /// Nothing is due: whoever sends something is cut.
    func received(_ token: Int, _ part: MessagePart, on loop: ServerLoop) -> MessageOutcome { .breaksProtocol }
}
