import Clocks
import LWS
public import TransportCore

/// Requests that wait for news: each answer carries everything after the position that the client gave.
public struct LongPollingTransport: SocketTransport {
    public init() {}

    public var name: TransportName { .longPolling }

    public var capabilities: TransportCapabilities {
        TransportCapabilities(
            protocolVersions: [.h1, .h2], pushes: true, replays: true, carriesCommands: false, carriesManyOrders: false,
            heartbeats: [],
            limitations: [.init("heartbeat", because: "the end of each wait shows that both sides are there")])
    }

    public var routes: [Route] {
        [
            Route(.get, "/orders/{id}/updates", scope: .read) { request in
                let loop = request.loop
                let longest = Int(loop.configuration.limits.longPollWait.seconds)
                let asked = request.exchange.query("wait")
                let wait = asked.map { Int($0) ?? -1 } ?? min(25, longest)
                guard wait >= 0 else { return request.refuse(400, "wait: give seconds, 0 to \(longest)") }
                switch (
                    loop.authorize([request.parameter ?? ""], request.principal),
                    loop.parsePosition(request.exchange.query("after"))
                ) {
                case (.failure(let refusal), _), (_, .failure(let refusal)):
                    request.refuse(refusal.status, refusal.detail)
                case (.success(let orders), .success(let position)):
                    loop.longPoll(request, order: orders[0], after: position, wait: .seconds(min(wait, longest)))
                }
            }
        ]
    }
}
