import LWS
import OrderUpdates
public import TransportCore

/// A WebSocket server that sends every message back, for a conformance suite. It is not a transport of orders.
public struct EchoTransport: SocketTransport {
    public init() {}

    public var name: TransportName { TransportName(rawValue: "echo") }
    public var capabilities: TransportCapabilities {
        TransportCapabilities(
            protocolVersions: [.h1], pushes: false, replays: false, carriesCommands: false, carriesManyOrders: false,
            heartbeats: [])
    }
    public var routes: [Route] { [] }
    public var webSockets: (any WebSocketEndpoint)? { EchoEndpoint() }
}

private struct EchoEndpoint: WebSocketEndpoint {
    /// Autobahn's largest message has 16 MiB.
    private static let limit = 32 * 1024 * 1024

    var subprotocol: String? { nil }

    /// Any path.
    func serves(_ path: [Substring]) -> Bool { true }

    func admit(_ request: Exchange, on loop: ServerLoop) -> UpgradeVerdict {
        let principal = Principal(subject: "echo", scopes: [], ownsEverything: true)
        guard let stream = loop.makeStream(principal) else { return loop.refuse(request, .ownerIsFull) }
        return .accept(token: stream)
    }

    func opened(_ token: Int, _ socket: StreamSocket, on loop: ServerLoop) {
        loop.open(token, socket, format: MessageFormat())
    }

    func received(_ token: Int, _ part: MessagePart, on loop: ServerLoop) -> MessageOutcome {
        guard loop.streams[token].state.isLive else { return .goesOn }
        switch loop.assemble(part, of: token, limit: Self.limit) {
        case .incomplete: return .goesOn
        case .tooLong: return .isTooBig
        case .refused(let outcome): return outcome
        case .whole(let message):
            var frame: [UInt8] = []
            loop.encodings[Int(loop.streams[token].encoding)].append(to: &frame) { $1 += message }
            // An empty message is a frame too.
            if message.isEmpty { frame = [0x81, 0] }
            if !part.isText { frame[0] ^= 0x01 ^ 0x02 }
            loop.echo(frame, to: token, afterPong: !part.isFirst)
            return .goesOn
        }
    }
}

extension ServerLoop {
    /// Sends a frame of any size: unlike the streams of orders, an echo is not limited.
    ///
    /// libwebsockets answers a ping when the socket is writable. A message in one frame is sent before that; a
    /// message in fragments, among which there may have been a ping, waits until the ping has been answered.
    fileprivate func echo(_ frame: [UInt8], to stream: Int, afterPong: Bool) {
        guard let socket = streams[stream].socket else { return }
        guard afterPong || streams[stream].state == .blocked else {
            return frame.withUnsafeBytes { write($0, to: stream, socket) }
        }
        tell(stream, .stalled)
        streams.extras(of: stream).append(frame)
        socket.requestWritable()
    }
}
